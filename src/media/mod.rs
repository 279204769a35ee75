//! RTP media: who hears whom, and the engine that makes it so.
