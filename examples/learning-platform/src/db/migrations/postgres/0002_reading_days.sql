-- Days on which a user has read.
CREATE TABLE reading_days (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    day     BIGINT NOT NULL,               -- days since 1970, in UTC
    steps   BIGINT NOT NULL DEFAULT 1,     -- number of progress updates
    PRIMARY KEY (user_id, day)
);
