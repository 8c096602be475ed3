//! The last step of a product, which writes a tile of sums to the destination.

/// Writes `onto + alpha * sums` to `out`, a part of a row that may be shorter than the vectors of
/// `sums`. `bias` is the part of the row of [`Onto::Row`](super::onto::Onto::Row) from the same
/// column on.
///
/// The compiler keeps the sums in registers only if every index into them is a constant; hence the
/// copy for the end of a row.
macro_rules! finish {
    ($simd:ident, $alpha:ident, $sums:expr, $onto:expr, $bias:ident, $out:expr, [$split:ident, $split_mut:ident, $load:ident, $store:ident, $splat:ident, $mul:ident, $mul_add:ident]) => {
        let sums = $sums;
        let (vectors, rest) = S::$split_mut($out);
        let (bias, bias_rest) = S::$split($bias);
        if let Some(out) = vectors.first_chunk_mut::<VECTORS>() {
            match ($onto, bias.first_chunk::<VECTORS>()) {
                (Onto::Row(_), Some(bias)) => {
                    for v in 0..VECTORS {
                        out[v] = $simd.$mul_add($alpha, sums[v], bias[v]);
                    }
                }
                (Onto::Destination, _) => {
                    for v in 0..VECTORS {
                        out[v] = $simd.$mul_add($alpha, sums[v], out[v]);
                    }
                }
                (Onto::Nothing, _) => {
                    for v in 0..VECTORS {
                        out[v] = $simd.$mul($alpha, sums[v]);
                    }
                }
                (Onto::Row(_), None) => unreachable!("a row is as long as the destination's"),
            }
        } else {
            let mut copy = [$simd.$splat(0.0); VECTORS];
            for v in 0..VECTORS {
                copy[v] = sums[v];
            }
            let whole = vectors.len();
            for v in 0..whole {
                vectors[v] = match $onto {
                    Onto::Nothing => $simd.$mul($alpha, copy[v]),
                    Onto::Destination => $simd.$mul_add($alpha, copy[v], vectors[v]),
                    Onto::Row(_) => $simd.$mul_add($alpha, copy[v], bias[v]),
                };
            }
            if !rest.is_empty() {
                let start = match $onto {
                    Onto::Nothing => $simd.$splat(0.0),
                    Onto::Destination => $simd.$load(rest),
                    Onto::Row(_) => $simd.$load(bias_rest),
                };
                $simd.$store(rest, $simd.$mul_add($alpha, copy[whole], start));
            }
        }
    };
}

pub(super) use finish;
