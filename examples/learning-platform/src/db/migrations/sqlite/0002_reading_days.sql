-- Days on which a user has read.
CREATE TABLE reading_days (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    day     INTEGER NOT NULL,               -- days since 1970, in UTC
    steps   INTEGER NOT NULL DEFAULT 1,     -- number of progress updates
    PRIMARY KEY (user_id, day)
);
