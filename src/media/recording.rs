//! What legs say, into WAV files of 16 bits.

pub mod metadata;
pub mod room;

use std::io::{self, Read, Seek, SeekFrom, Write};

use super::RATE;

/// Samples after which the header is brought up to date, so that a file left behind by a crash
/// plays up to here: 1 s.
const SAVE_EVERY: u64 = RATE as u64;
/// Bytes before the first sample.
const HEADER: u64 = 44;
/// Longest sound: what a WAV header can say, less than 37 hours of one channel.
const MAX_BYTES: u64 = u32::MAX as u64 - 1_000;

/// The file could not be written: the disk is full, gone or forbidden.
#[derive(Debug, thiserror::Error)]
#[error("the recording cannot be written: {0}")]
pub struct Error(#[from] io::Error);

/// A recording that runs: a RIFF WAVE file of linear PCM at [`RATE`]. However it ends, it leaves a file that plays.
///
/// What is never written is silence, and takes no room on the disk.
#[derive(Debug)]
pub struct Recording<W> {
    file: W,
    channels: u16,
    /// Where the file stands, if that is known.
    place: Option<u64>,
    /// Length in samples a channel; what the header says of it.
    length: u64,
    saved: u64,
    bytes: Vec<u8>,
}

impl<W: Write + Seek> Recording<W> {
    /// Begins a file of so many channels, at least one.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn new(mut file: W, channels: u16) -> Result<Self, Error> {
        let channels = channels.max(1);
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&header(channels, 0))?;
        Ok(Self { file, channels, place: Some(HEADER), length: 0, saved: 0, bytes: vec![] })
    }

    /// Writes samples, of all channels in turn, that begin `offset` samples a channel after the recording did. What
    /// a file cannot hold any more is left out.
    ///
    /// # Errors
    /// If the file cannot be written. Later samples may be tried nevertheless.
    pub fn write(&mut self, offset: u64, samples: &[i16]) -> Result<(), Error> {
        let block = self.block();
        let first = offset.saturating_mul(block);
        let room = usize::try_from(MAX_BYTES.saturating_sub(first) / block).unwrap_or(usize::MAX);
        let channels = usize::from(self.channels);
        let fits = (samples.len() / channels).min(room);
        if fits == 0 {
            return Ok(());
        }
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        bytes.extend(samples.iter().take(fits * channels).flat_map(|sample| sample.to_le_bytes()));
        let put = self.put(HEADER + first, &bytes);
        self.bytes = bytes;
        put?;
        self.length = self.length.max(offset + fits as u64);
        if self.length - self.saved >= SAVE_EVERY {
            self.save()?;
        }
        Ok(())
    }

    /// Length so far in milliseconds.
    pub fn ms(&self) -> u32 {
        u32::try_from(self.length * 1_000 / u64::from(RATE)).unwrap_or(u32::MAX)
    }

    /// Completes the file; with silence at its end if it is shorter than this many samples a channel. Returns its
    /// length in milliseconds.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn finish(mut self, length: u64) -> Result<u32, Error> {
        if length > self.length {
            let silence = vec![0; usize::from(self.channels)];
            self.write(length.min(MAX_BYTES / self.block()) - 1, &silence)?;
        }
        self.save()?;
        Ok(self.ms())
    }

    /// Brings the header up to date.
    fn save(&mut self) -> Result<(), Error> {
        self.put(0, &header(self.channels, self.length * self.block()))?;
        self.file.flush()?;
        self.saved = self.length;
        Ok(())
    }

    fn put(&mut self, place: u64, bytes: &[u8]) -> io::Result<()> {
        if self.place != Some(place) {
            self.file.seek(SeekFrom::Start(place))?;
        }
        // If this fails, it is not known how much was written.
        self.place = None;
        self.file.write_all(bytes)?;
        self.place = Some(place + bytes.len() as u64);
        Ok(())
    }

    /// Bytes of one sample of all channels.
    fn block(&self) -> u64 {
        u64::from(self.channels) * 2
    }
}

/// Brings the header of a file up to date that a crash left behind, so that all of its sound plays. Returns its length
/// in milliseconds.
///
/// # Errors
/// If it is none of our files, or cannot be read or written. What is shorter than a header holds no sound.
pub fn repair<W: Read + Write + Seek>(mut file: W) -> Result<u64, Error> {
    let mut head = [0; HEADER as usize];
    let bytes = file.seek(SeekFrom::End(0))?;
    if bytes < HEADER {
        return Ok(0);
    }
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut head)?;
    let channels = u16::from_le_bytes([head[22], head[23]]);
    if header(channels, 0)[..4] != head[..4] || header(channels, 0)[8..40] != head[8..40] || channels == 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no recording").into());
    }
    let block = u64::from(channels) * 2;
    let samples = (bytes - HEADER).min(MAX_BYTES) / block;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&header(channels, samples * block))?;
    file.flush()?;
    Ok(samples * 1_000 / u64::from(RATE))
}

/// The header of a file with so many bytes of sound.
fn header(channels: u16, bytes: u64) -> [u8; HEADER as usize] {
    let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
    let block = channels.saturating_mul(2);
    let mut header = [0; HEADER as usize];
    let fields: [&[u8]; 13] = [
        b"RIFF",
        &bytes.saturating_add(HEADER as u32 - 8).to_le_bytes(),
        b"WAVE",
        b"fmt ",
        &16_u32.to_le_bytes(),
        // Linear PCM.
        &1_u16.to_le_bytes(),
        &channels.to_le_bytes(),
        &RATE.to_le_bytes(),
        &RATE.saturating_mul(u32::from(block)).to_le_bytes(),
        &block.to_le_bytes(),
        &16_u16.to_le_bytes(),
        b"data",
        &bytes.to_le_bytes(),
    ];
    let all = fields.into_iter().flatten();
    header.iter_mut().zip(all).for_each(|(place, byte)| *place = *byte);
    header
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::io::Cursor;
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
        fn samples(&self, channels: u16) -> Vec<i16> {
            let bytes = self.0.borrow().get_ref().clone();
            let reader = WavReader::new(Cursor::new(bytes)).unwrap();
            let expected = hound::WavSpec {
                channels,
                sample_rate: 8_000,
                bits_per_sample: 16,
                sample_format: hound::SampleFormat::Int,
            };
            assert_eq!(reader.spec(), expected);
            reader.into_samples().map(Result::unwrap).collect()
        }
    }

    fn frame(n: i16) -> Vec<i16> {
        (0..160).map(|place| n * 200 + place * 40).collect()
    }

    #[test]
    fn what_was_said_is_what_the_file_holds() {
        let file = File::default();
        let mut recording = Recording::new(file.clone(), 1).unwrap();
        for n in 0..75_u16 {
            recording.write(u64::from(n) * 160, &frame(n as i16)).unwrap();
        }
        assert_eq!(recording.finish(0).unwrap(), 1_500);
        assert_eq!(file.samples(1), (0..75).flat_map(frame).collect::<Vec<i16>>());
    }

    #[test]
    fn what_is_not_written_is_silence_of_the_same_length() {
        let file = File::default();
        let mut recording = Recording::new(file.clone(), 2).unwrap();
        recording.write(100, &frame(1)).unwrap();
        recording.write(500, &frame(2)).unwrap();
        assert_eq!(recording.finish(800).unwrap(), 100);
        let silence = |samples: usize| vec![0; samples * 2];
        let expected = [silence(100), frame(1), silence(320), frame(2), silence(220)].concat();
        assert_eq!(file.samples(2), expected);
    }

    #[test]
    fn a_crash_leaves_a_file_that_plays_up_to_the_last_second() {
        let file = File::default();
        let mut recording = Recording::new(file.clone(), 1).unwrap();
        assert_eq!(file.samples(1).len(), 0);
        for n in 0..130_u16 {
            recording.write(u64::from(n) * 160, &frame(n as i16)).unwrap();
        }
        // Nothing that is done at the end is done in a crash.
        std::mem::forget(recording);
        assert_eq!(file.samples(1), (0..100).flat_map(frame).collect::<Vec<i16>>());
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
        let error = Recording::new(Full, 1).err().unwrap();
        assert!(error.to_string().starts_with("the recording cannot be written: "), "{error}");
    }

    #[test]
    fn a_file_that_a_crash_left_behind_plays_to_its_last_sample() {
        let mut file = Cursor::new(header(2, 0).to_vec());
        file.get_mut().extend([1; 4 * 8_000 + 3]);
        assert_eq!(repair(&mut file).unwrap(), 1_000);
        assert_eq!(file.get_ref()[..44], header(2, 4 * 8_000));
        for strange in [vec![0; 100], vec![0; 10], b"RIFF".repeat(20)] {
            assert!(repair(Cursor::new(strange)).map_or(true, |ms| ms == 0));
        }
    }

    #[test]
    fn what_no_header_can_tell_is_left_out() {
        struct Endless;
        impl Write for Endless {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        impl Seek for Endless {
            fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
                Ok(0)
            }
        }
        let mut recording = Recording::new(Endless, 1).unwrap();
        recording.write(MAX_BYTES / 2 - 10, &frame(1)).unwrap();
        recording.write(u64::MAX, &frame(1)).unwrap();
        assert_eq!(recording.length, MAX_BYTES / 2);
    }
}
