-- The days on which somebody has read.
CREATE TABLE reading_days (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    day     INTEGER NOT NULL,               -- since 1970, in UTC
    steps   INTEGER NOT NULL DEFAULT 1,     -- how often they have told us how far they are
    PRIMARY KEY (user_id, day)
);
