-- The days on which somebody has read.
CREATE TABLE reading_days (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    day     BIGINT NOT NULL,               -- since 1970, in UTC
    steps   BIGINT NOT NULL DEFAULT 1,     -- how often they have told us how far they are
    PRIMARY KEY (user_id, day)
);
