#!/bin/sh
# Makes every prompt and the hold music of this directory, from espeak-ng and sox alone.
#
#     media/make.sh                make everything (about five minutes)
#     media/make.sh speech         the prompts of texts/*.tsv
#     media/make.sh speech cs      those of one language
#     media/make.sh music          the hold music
#
# The results are in the repository; run this after changing a text or a tune. Sounds are 16 kHz
# (pieces of numbers and dates 8 kHz), mono, 16 bit. Speech stands at -19 dBFS (RMS while somebody
# speaks), music at -20 dBFS. No dither and no randomness: the same programs make the same files.
set -eu

media=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
RATE=16000

for program in espeak-ng sox; do
    command -v "$program" >/dev/null || { echo "make.sh needs $program: apt-get install espeak-ng sox" >&2; exit 1; }
done

# level FILE: its RMS in dBFS, of the stretches of 20 ms that are not silence.
level() {
    sox -D "$1" -t dat - | awk -v size="$(($(soxi -r "$1") / 50))" '
        /^;/ { next }
        { power += $2 * $2; count++ }
        count == size { if (power > 0.005 ^ 2 * count) { loud += power; all += count } power = count = 0 }
        END {
            if (count && power > 0.005 ^ 2 * count) { loud += power; all += count }
            printf "%.2f", all ? 10 * log(loud / all) / log(10) : -60
        }'
}

# gain FROM TO: the dB that lead from one level to another.
gain() {
    awk -v from="$1" -v to="$2" 'BEGIN { printf "%.2f", to - from }'
}

# finish IN OUT LEVEL: brings a sound to its level; peaks are rounded off, never cut.
finish() {
    mkdir -p "$(dirname "$2")"
    sox -D "$1" "$work/loud.wav" \
        gain -6 gain "$(gain "$(level "$1")" "$3")" compand 0.001,0.05 6:-22,-22,-13,-16.5,-6,-13 0 -30 0.002
    # What counts as silence depends on the level, so that the level is found in two steps.
    sox -D "$work/loud.wav" "$work/even.wav" gain "$(gain "$(level "$work/loud.wav")" "$3")"
    peak=$(sox -D "$work/even.wav" -n stats 2>&1 | awk '/^Pk lev dB/ { print $4 }')
    if awk -v peak="$peak" 'BEGIN { exit !(peak > -1) }'; then
        sox -D "$work/even.wav" "$work/round.wav" gain -l 1.5 gain -1.5
        mv "$work/round.wav" "$work/even.wav"
    fi
    sox -D "$work/even.wav" -b 16 "$2" gain "$(gain "$(level "$work/even.wav")" "$3")"
}

# ---- Speech ----------------------------------------------------------------------------------------

# rate_of NAME: the many pieces of numbers and dates are of 8 kHz, all else of 16 kHz.
rate_of() {
    case $1 in
        digits/*|numbers/*|dates/*|times/*|counted/*) echo 8000 ;;
        *) echo $RATE ;;
    esac
}

# say LANGUAGE VOICE NAME TEXT: makes prompts/LANGUAGE/NAME.wav.
#
# What a telephone does not carry is taken away before it can fold back (120 to 3700 Hz), the silence
# around the words is cut, and 80 ms of it are put back so that prompts follow one another like speech.
say() {
    espeak-ng -v "$2" -s $SPEED -p 45 -g 1 -w "$work/raw.wav" -- "$4"
    sox -D "$work/raw.wav" -e floating-point -b 32 "$work/clean.wav" \
        gain -6 rate -v $RATE highpass 120 highpass 120 lowpass 3700 lowpass 3700 \
        equalizer 2600 1.2q +3 rate -v "$(rate_of "$3")" \
        silence 1 0.01 0.6% fade q 0.008 reverse silence 1 0.01 0.6% fade q 0.02 reverse \
        pad 0.02 0.06
    finish "$work/clean.wav" "$media/prompts/$1/$3.wav" -19
}

SPEED=152           # words a minute
# The voices of the house.
en=en-us+f4
cs=cs+f4
de=de+f4

# prompts LANGUAGE VOICE: what texts/LANGUAGE.tsv says. Words that stand there twice are spoken once.
prompts() {
    spoken="$work/spoken-$1"
    mkdir -p "$spoken"
    tab=$(printf '\t')
    while IFS="$tab" read -r name text voice; do
        case $name in ''|'#'*) continue ;; esac
        voice=${voice:-$2}
        kept="$spoken/$(printf '%s %s %s' "$(rate_of "$name")" "$voice" "$text" | cksum | tr ' ' -)"
        if [ -f "$kept" ]; then
            mkdir -p "$(dirname "$media/prompts/$1/$name")"
            cp "$kept" "$media/prompts/$1/$name.wav"
        else
            say "$1" "$voice" "$name" "$text"
            cp "$media/prompts/$1/$name.wav" "$kept"
        fi
    done <"$media/texts/$1.tsv"
}

# The beep is the same in every language.
beep() {
    sox -D -n -r $RATE -c 1 -e floating-point -b 32 "$work/beep.wav" synth 0.25 sine 1000 gain -9 fade h 0.01 0.25 0.01 pad 0.05 0.05
    for language in en cs de; do
        finish "$work/beep.wav" "$media/prompts/$language/beep.wav" -19
    done
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

speech() {
    for language in ${1:-en cs de}; do
        rm -rf "${media:?}/prompts/$language"
        eval "voice=\$$language"
        # shellcheck disable=SC2154
        prompts "$language" "$voice"
    done
    beep
}

music() {
    harbour
    summit
}

case ${1:-all} in
    all) speech; music ;;
    speech) speech "${2:-}" ;;
    music) music ;;
    *) echo "make.sh makes speech, speech LANGUAGE, music, or all of it" >&2; exit 1 ;;
esac
du -sh "$media"
