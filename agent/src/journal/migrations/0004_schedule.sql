-- When each task runs next. `edited` = the owner chose this moment himself.
CREATE TABLE schedule (
    profile TEXT NOT NULL,
    task    TEXT NOT NULL,
    pace    TEXT NOT NULL,
    next    TEXT NOT NULL,
    edited  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (profile, task)
) STRICT;

-- Profiles that wait for their owner: a key or password was refused.
CREATE TABLE stopped_profile (
    profile TEXT PRIMARY KEY,
    since   TEXT NOT NULL,
    failure TEXT NOT NULL
) STRICT;
