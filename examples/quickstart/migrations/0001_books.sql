CREATE TABLE books (
    id       INTEGER PRIMARY KEY,
    title    TEXT    NOT NULL,
    author   TEXT    NOT NULL,
    finished BOOLEAN NOT NULL DEFAULT FALSE
);
