//! What the chronicle tells, held against the oracle that it asks.

mod courses;
