//! The numbers of the recommendation.

/// Half of the symmetric quadrature mirror filter (table 11), in 1/8192.
pub const MIRROR: [i32; 12] = [3, -11, -11, 53, 12, -156, 32, 362, -210, -805, 951, 3876];

/// Decision levels of the 60-level quantizer of the lower sub-band (table 14), without the first, which is 0.
pub const LEVELS: [i32; 29] = [
    35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219,
    1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
];

/// Output levels for the six bits of the lower sub-band (table 18), by code.
pub const OUTPUT_6: [i32; 64] = [
    -136, -136, -136, -136, -24_808, -21_904, -19_008, -16_704, -14_984, -13_512, -12_280, -11_192, -10_232,
    -9_360, -8_576, -7_856, -7_192, -6_576, -6_000, -5_456, -4_944, -4_464, -4_008, -3_576, -3_168, -2_776,
    -2_400, -2_032, -1_688, -1_360, -1_040, -728, 24_808, 21_904, 19_008, 16_704, 14_984, 13_512, 12_280,
    11_192, 10_232, 9_360, 8_576, 7_856, 7_192, 6_576, 6_000, 5_456, 4_944, 4_464, 4_008, 3_576, 3_168,
    2_776, 2_400, 2_032, 1_688, 1_360, 1_040, 728, 432, 136, -432, -136,
];

/// Output levels for the upper four of these bits, by which both ends adapt.
pub const OUTPUT_4: [i32; 16] = [
    0, -20_456, -12_896, -8_968, -6_288, -4_240, -2_584, -1_200, 20_456, 12_896, 8_968, 6_288, 4_240, 2_584,
    1_200, 0,
];

/// Output levels for the two bits of the upper sub-band, by code.
pub const OUTPUT_2: [i32; 4] = [-7_408, -1_616, 7_408, 1_616];

/// The one decision level of the upper sub-band.
pub const LEVEL_UPPER: i32 = 564;

/// How the logarithm of the lower scale factor moves, by the upper four bits of the code.
pub const STEP_LOWER: [i32; 16] =
    [-60, 3_042, 1_198, 538, 334, 172, 58, -30, 3_042, 1_198, 538, 334, 172, 58, -30, -60];

/// The same of the upper scale factor, by code.
pub const STEP_UPPER: [i32; 4] = [798, -214, 798, -214];

/// 2048 times two to the power of n/32: from the logarithm of a scale factor back to it (table 20).
pub const POWERS: [i32; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896,
    2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];
