CREATE TABLE users (
    id           INTEGER PRIMARY KEY,
    name         TEXT    NOT NULL UNIQUE,
    token_digest BLOB    NOT NULL UNIQUE
);

-- Table of the feature `content`. It refers to users by id only.
CREATE TABLE articles (
    id        INTEGER PRIMARY KEY,
    author_id INTEGER NOT NULL REFERENCES users (id),
    title     TEXT    NOT NULL,
    body      TEXT    NOT NULL
);
