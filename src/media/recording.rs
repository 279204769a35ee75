//! What a leg says, into a mono WAV file of 8 kHz and 16 bits.

use std::io::{Seek, Write};

use hound::{SampleFormat, WavSpec, WavWriter};

use super::RATE;

/// Samples after which the header is brought up to date, so that a file left behind by a crash
/// plays up to here: 1 s.
const SAVE_EVERY: u32 = RATE;
/// Longest file: what a WAV header can say, less than 37 hours.
const MAX_SAMPLES: u64 = (u32::MAX as u64 - 1_000) / 2;

/// The file could not be written: the disk is full, gone or forbidden.
#[derive(Debug, thiserror::Error)]
#[error("the recording cannot be written: {0}")]
pub struct Error(#[from] hound::Error);

/// A recording that runs. Dropped, it leaves a file that plays.
pub struct Recording<W: Write + Seek> {
    writer: WavWriter<W>,
    samples: u64,
    unsaved: u32,
}

impl<W: Write + Seek> Recording<W> {
    /// Writes the header. `writer` should buffer.
    pub fn new(writer: W) -> Result<Self, Error> {
        let spec =
            WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let mut writer = WavWriter::new(writer, spec)?;
        writer.flush()?;
        Ok(Self { writer, samples: 0, unsaved: 0 })
    }

    /// Appends what was said. What a file cannot hold any more is left out.
    pub fn write(&mut self, said: &[i16]) -> Result<(), Error> {
        let room = usize::try_from(MAX_SAMPLES.saturating_sub(self.samples)).unwrap_or(usize::MAX);
        let said = &said[..said.len().min(room)];
        for &sample in said {
            self.writer.write_sample(sample)?;
        }
        self.samples += said.len() as u64;
        self.unsaved += said.len() as u32;
        if self.unsaved >= SAVE_EVERY {
            self.unsaved = 0;
            self.writer.flush()?;
        }
        Ok(())
    }

    /// Length so far in milliseconds.
    pub fn ms(&self) -> u32 {
        u32::try_from(self.samples * 1_000 / u64::from(RATE)).unwrap_or(u32::MAX)
    }

    /// Completes the file; returns its length in milliseconds.
    pub fn finish(self) -> Result<u32, Error> {
        let ms = self.ms();
        self.writer.finalize()?;
        Ok(ms)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::io::{self, Cursor, SeekFrom};
    use std::rc::Rc;

    use hound::WavReader;

    use super::*;

    /// A file that can be looked at while it is written.
    #[derive(Clone, Default)]
    struct File(Rc<RefCell<Cursor<Vec<u8>>>>);

    impl Write for File {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for File {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.borrow_mut().seek(to)
        }
    }

    impl File {
        fn samples(&self) -> Vec<i16> {
            let bytes = self.0.borrow().get_ref().clone();
            let reader = WavReader::new(Cursor::new(bytes)).unwrap();
            assert_eq!(
                (reader.spec().channels, reader.spec().sample_rate, reader.spec().bits_per_sample),
                (1, 8_000, 16)
            );
            reader.into_samples().map(Result::unwrap).collect()
        }
    }

    fn frame(n: i16) -> Vec<i16> {
        (0..160).map(|place| n * 200 + place * 40).collect()
    }

    #[test]
    fn what_was_said_is_what_the_file_holds() {
        let file = File::default();
        let mut recording = Recording::new(file.clone()).unwrap();
        for n in 0..75 {
            recording.write(&frame(n)).unwrap();
        }
        assert_eq!(recording.finish().unwrap(), 1_500);
        assert_eq!(file.samples(), (0..75).flat_map(frame).collect::<Vec<i16>>());
    }

    #[test]
    fn a_crash_leaves_a_file_that_plays_up_to_the_last_second() {
        let file = File::default();
        let mut recording = Recording::new(file.clone()).unwrap();
        assert_eq!(file.samples().len(), 0);
        for n in 0..130 {
            recording.write(&frame(n)).unwrap();
        }
        // Nothing that is done at the end is done in a crash.
        std::mem::forget(recording);
        assert_eq!(file.samples(), (0..100).flat_map(frame).collect::<Vec<i16>>());
    }

    #[test]
    fn a_full_disk_is_an_error_that_says_so() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::from(io::ErrorKind::StorageFull))
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        impl Seek for Full {
            fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
                Ok(0)
            }
        }
        let error = Recording::new(Full).err().unwrap();
        assert!(error.to_string().starts_with("the recording cannot be written: "), "{error}");
    }
}
