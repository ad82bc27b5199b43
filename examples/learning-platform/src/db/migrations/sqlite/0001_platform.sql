CREATE TABLE users (
    id             INTEGER PRIMARY KEY,
    email          TEXT    NOT NULL UNIQUE,   -- lower case
    name           TEXT    NOT NULL,
    role           TEXT    NOT NULL CHECK (role IN ('admin', 'teacher', 'student')),
    grade_level    INTEGER CHECK (grade_level BETWEEN 1 AND 13),
    password_hash  TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,          -- seconds since 1970, as all times in this schema
    deactivated_at INTEGER
);

-- A refresh token is used once, to get its successor in the same family. A second use means that it was stolen, and
-- ends the family.
CREATE TABLE refresh_tokens (
    digest     TEXT    PRIMARY KEY,
    family     TEXT    NOT NULL,
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    revoked_at INTEGER
);
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family);
CREATE INDEX refresh_tokens_by_user ON refresh_tokens (user_id);

CREATE TABLE chapters (
    id           INTEGER PRIMARY KEY,
    author_id    INTEGER NOT NULL REFERENCES users (id),
    title        TEXT    NOT NULL,
    summary      TEXT    NOT NULL,
    grade_level  INTEGER NOT NULL CHECK (grade_level BETWEEN 1 AND 13),
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    published_at INTEGER,
    revision     INTEGER NOT NULL DEFAULT 1,  -- incremented by each change of the text
    embedded     INTEGER NOT NULL DEFAULT 0,  -- the revision in the vector store
    -- Lists show the length of a text without reading the text. `body` is the last column, so that SQLite does not
    -- read it to get to other columns.
    length       INTEGER NOT NULL GENERATED ALWAYS AS (LENGTH(body)) STORED,
    body         TEXT    NOT NULL
);
CREATE INDEX chapters_by_publication ON chapters (published_at);
CREATE INDEX chapters_by_grade_level ON chapters (grade_level, id);
CREATE INDEX chapters_by_author ON chapters (author_id);

CREATE TABLE progress (
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    chapter_id   INTEGER NOT NULL REFERENCES chapters (id) ON DELETE CASCADE,
    percent      INTEGER NOT NULL CHECK (percent BETWEEN 0 AND 100),
    updated_at   INTEGER NOT NULL,
    completed_at INTEGER,
    PRIMARY KEY (user_id, chapter_id)
);
CREATE INDEX progress_by_time ON progress (user_id, updated_at);
