#!/bin/sh
# Makes every prompt and the hold music of this directory, from espeak-ng and sox alone.
#
#     media/make.sh            make everything that stands below (about two minutes)
#
# The results are in the repository; run this after changing a text or a tune. Sounds are 16 kHz,
# mono, 16 bit. Speech stands at -19 dBFS (RMS while somebody speaks), music at -20 dBFS. No dither
# and no randomness: the same programs make the same files.
set -eu

media=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
RATE=16000

for program in espeak-ng sox; do
    command -v "$program" >/dev/null || { echo "make.sh needs $program: apt-get install espeak-ng sox" >&2; exit 1; }
done

# level FILE: its RMS in dBFS, of the stretches that are not silence.
level() {
    sox "$1" -n silence 1 0.02 0.5% -1 0.02 0.5% stats 2>&1 | awk '/^RMS lev dB/ { print $4 }'
}

# gain FROM TO: the dB that lead from one level to another.
gain() {
    awk -v from="$1" -v to="$2" 'BEGIN { printf "%.2f", to - from }'
}

# finish IN OUT LEVEL: brings a sound to its level; peaks are rounded off, never cut.
finish() {
    mkdir -p "$(dirname "$2")"
    sox -D "$1" "$work/loud.wav" \
        gain -6 gain "$(gain "$(level "$1")" "$3")" compand 0.001,0.05 6:-22,-22,-13,-16,-6,-12 0 -30 0.002
    sox -D "$work/loud.wav" -b 16 "$2" gain "$(gain "$(level "$work/loud.wav")" "$3")"
}

# ---- Speech ----------------------------------------------------------------------------------------

# say VOICE SPEED NAME TEXT: makes prompts/en/NAME.wav.
#
# What a telephone does not carry is taken away before it can fold back (120 to 3700 Hz), the silence
# around the words is cut, and 60 ms of it are put back so that prompts follow one another like speech.
say() {
    espeak-ng -v "$1" -s "$2" -p 45 -g 1 -w "$work/raw.wav" "$4"
    sox -D "$work/raw.wav" -e floating-point -b 32 "$work/clean.wav" \
        gain -6 rate -v $RATE highpass 120 highpass 120 lowpass 3700 lowpass 3700 \
        equalizer 2600 1.2q +3 \
        silence 1 0.01 0.6% fade q 0.008 reverse silence 1 0.01 0.6% fade q 0.02 reverse \
        pad 0.02 0.06
    finish "$work/clean.wav" "$media/prompts/en/$3.wav" -19
}

HOUSE=en-us+f4      # the voice of the house: numbers, apologies, tests
HARBOUR=en-us+f4
SUMMIT=en-gb+m3

prompts() {
    for digit in 0 1 2 3 4 5 6 7 8 9; do
        say $HOUSE 150 "digits/$digit" "$digit"
        cp "$media/prompts/en/digits/$digit.wav" "$work/$digit.wav"
    done
    say $HOUSE 150 digits/star "star"
    say $HOUSE 150 digits/hash "hash"

    mkdir -p "$media/prompts/en/numbers"
    for number in 0 1 2 3 4 5 6 7 8 9; do
        cp "$work/$number.wav" "$media/prompts/en/numbers/$number.wav"
    done
    for number in 10 11 12 13 14 15 16 17 18 19 20 30 40 50 60 70 80 90; do
        say $HOUSE 150 "numbers/$number" "$number"
    done
    say $HOUSE 150 numbers/hundred "hundred"
    say $HOUSE 150 numbers/thousand "thousand"

    say $HOUSE 155 queue/you-are-number "You are number"
    say $HOUSE 155 queue/in-the-queue "in the queue."

    say $HOUSE 155 welcome "Welcome."
    say $HOUSE 155 goodbye "Thank you for calling. Goodbye."
    say $HOUSE 155 invalid "Sorry, that key has no meaning here."
    say $HOUSE 155 you-pressed "You pressed"
    say $HOUSE 155 one-moment "One moment, please."
    say $HOUSE 155 busy "The person you are calling is on another call. Please try again later."
    say $HOUSE 155 away "The person you are calling is away at the moment. Please try again later."
    say $HOUSE 155 not-available "The person you are calling is not available. Please try again later."
    say $HOUSE 155 no-answer "Nobody answers. Please try again later."
    say $HOUSE 155 not-in-service "This number is not in service. Please check it, and dial again."
    say $HOUSE 155 closed "We are closed now. Please call again during our opening hours."
    say $HOUSE 155 sorry "We are sorry. Nobody can take your call now. Please call again later."

    say $HARBOUR 155 harbour/welcome "Welcome to Harbour."
    say $HARBOUR 155 harbour/menu "For sales, press 1. For support, press 2. To speak to anyone, press 0. To hear this again, press 9."
    say $HARBOUR 155 harbour/sorry "Everybody at Harbour is busy now. We are sorry. Please call again a little later."

    say $SUMMIT 150 summit/welcome "Good day. This is Summit. We will be with you in a moment."
    say $SUMMIT 150 summit/closed "This is Summit. Our office is closed now. If your call cannot wait, press 1."
    say $SUMMIT 150 summit/holiday "This is Summit. Today is a holiday, and our office is closed. If your call cannot wait, press 1."
    say $SUMMIT 150 summit/sorry "We are sorry that you had to wait. Please call Summit again later."

    say $HOUSE 155 test/press-keys "Press any keys. They are read back to you."
    say $HOUSE 155 test/speak "Speak after the tone, for up to 10 seconds. Press hash to end."
    say $HOUSE 155 test/you-said "This is what you said."
}

beep() {
    sox -D -n -r $RATE -c 1 -e floating-point -b 32 "$work/beep.wav" synth 0.25 sine 1000 gain -9 fade h 0.01 0.25 0.01 pad 0.05 0.05
    finish "$work/beep.wav" "$media/prompts/en/beep.wav" -19
}

# ---- Music -----------------------------------------------------------------------------------------

# note START LENGTH FREQUENCY WAVE RISE FALL LEVEL: puts one note into the tune under way.
note() {
    count=$((count + 1))
    sox -D -n -r $RATE -c 1 -e floating-point -b 32 "$work/note$count.wav" \
        synth "$2" "$4" "$3" fade h "$5" "$2" "$6" gain "$7" pad "$1"
}

# pad START LENGTH FREQUENCY...: a soft chord; two sines a little apart beat slowly.
pad() {
    start=$1 length=$2
    shift 2
    for frequency in "$@"; do
        sharp=$(awk -v f="$frequency" 'BEGIN { print f * 1.003 }')
        note "$start" "$length" "$frequency" sine 1.2 1.6 -20
        note "$start" "$length" "$sharp" triangle 1.4 1.6 -27
    done
}

# arpeggio START STEP WAVE LEVEL FREQUENCY...: single notes, one after another.
arpeggio() {
    at=$1 step=$2 wave=$3 level=$4
    shift 4
    for frequency in "$@"; do
        note "$at" 1.5 "$frequency" "$wave" 0.012 1.45 "$level"
        at=$(awk -v at="$at" -v step="$step" 'BEGIN { print at + step }')
    done
}

# tune NAME LENGTH: mixes the notes and bends the tune into a ring: what rings on after the end is
# added to the beginning, so the loop goes over its joint as if there were none.
tune() {
    inputs=
    for number in $(seq 1 $count); do
        inputs="$inputs -v 1 $work/note$number.wav"
    done
    # shellcheck disable=SC2086
    sox -D -m $inputs -e floating-point -b 32 "$work/dry.wav"
    sox -D "$work/dry.wav" "$work/wet.wav" pad 0 8 lowpass 3200 reverb 45 60 70 100 10 remix -
    sox -D "$work/wet.wav" "$work/head.wav" trim 0 "$2"
    sox -D "$work/wet.wav" "$work/tail.wav" trim "$2"
    sox -D -m -v 1 "$work/head.wav" -v 1 "$work/tail.wav" "$work/ring.wav" trim 0 "$2"
    loudness=$(sox "$work/ring.wav" -n stats 2>&1 | awk '/^RMS lev dB/ { print $4 }')
    mkdir -p "$media/music"
    sox -D "$work/ring.wav" -b 16 "$media/music/$1.wav" gain "$(gain "$loudness" -20)"
    rm -f "$work"/note*.wav
}

# Harbour: calm, in D; eight bars of 3.2 s.
harbour() {
    count=0
    pad 0    4.6  146.83 220.00 277.18 369.99      # D major 7
    pad 3.2  4.6  123.47 220.00 293.66 369.99      # B minor 7
    pad 6.4  4.6  196.00 246.94 293.66 369.99      # G major 7
    pad 9.6  4.6  220.00 293.66 329.63 440.00      # A suspended
    pad 12.8 4.6  146.83 220.00 277.18 369.99      # D major 7
    pad 16   4.6  184.99 220.00 277.18 329.63      # F sharp minor 7
    pad 19.2 4.6  196.00 246.94 293.66 440.00      # G with the ninth
    pad 22.4 4.6  220.00 277.18 329.63 392.00      # A 7
    arpeggio 0    0.8 triangle -21  587.33 440.00 739.99 554.37
    arpeggio 3.2  0.8 triangle -21  587.33 493.88 739.99 440.00
    arpeggio 6.4  0.8 triangle -21  493.88 587.33 739.99 587.33
    arpeggio 9.6  0.8 triangle -21  659.26 587.33 440.00 587.33
    arpeggio 12.8 0.8 triangle -21  739.99 587.33 880.00 554.37
    arpeggio 16   0.8 triangle -21  659.26 554.37 440.00 554.37
    arpeggio 19.2 0.8 triangle -21  587.33 493.88 440.00 493.88
    arpeggio 22.4 0.8 triangle -21  554.37 659.26 783.99 659.26
    tune harbour 25.6
}

# Summit: brighter, in C, with plucked eighths; eight bars of 2.8 s.
summit() {
    count=0
    pad 0    4.0  174.61 261.63 329.63             # F major 7
    pad 2.8  4.0  196.00 293.66 392.00             # G
    pad 5.6  4.0  164.81 246.94 392.00             # E minor 7
    pad 8.4  4.0  220.00 261.63 329.63             # A minor
    pad 11.2 4.0  146.83 261.63 349.23             # D minor 7
    pad 14   4.0  196.00 246.94 349.23             # G 7
    pad 16.8 4.0  261.63 329.63 392.00             # C
    pad 19.6 4.0  261.63 349.23 440.00             # F over C
    arpeggio 0    0.35 sine -17  523.25 659.26 880.00 659.26 1046.50 880.00 659.26 880.00
    arpeggio 2.8  0.35 sine -17  587.33 783.99 987.77 783.99 1174.66 987.77 783.99 587.33
    arpeggio 5.6  0.35 sine -17  493.88 659.26 783.99 659.26 987.77 783.99 659.26 493.88
    arpeggio 8.4  0.35 sine -17  440.00 523.25 659.26 523.25 880.00 659.26 523.25 659.26
    arpeggio 11.2 0.35 sine -17  440.00 587.33 698.46 587.33 880.00 698.46 587.33 698.46
    arpeggio 14   0.35 sine -17  493.88 587.33 698.46 783.99 987.77 783.99 698.46 587.33
    arpeggio 16.8 0.35 sine -17  523.25 659.26 783.99 659.26 1046.50 783.99 659.26 523.25
    arpeggio 19.6 0.35 sine -17  523.25 698.46 880.00 698.46 1046.50 880.00 698.46 587.33
    tune summit 22.4
}

rm -rf "$media/prompts/en" "$media/music/harbour.wav" "$media/music/summit.wav"
prompts
beep
harbour
summit
du -sh "$media"
