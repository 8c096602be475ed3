//! The last step of a product, which writes a tile of sums to the destination.

/// Writes `alpha * sums` to `out`, a part of a row that may be shorter than the vectors of `sums`, or
/// adds it to `out`.
///
/// The compiler keeps the sums in registers only if every index into them is a constant; hence the
/// copy for the end of a row.
macro_rules! finish {
    ($simd:ident, $alpha:ident, $sums:expr, $accum:expr, $out:expr, [$split_mut:ident, $load:ident, $store:ident, $splat:ident, $mul:ident, $mul_add:ident]) => {
        let sums = $sums;
        let (vectors, rest) = S::$split_mut($out);
        if let Some(out) = vectors.first_chunk_mut::<VECTORS>() {
            match $accum {
                Accum::Add => {
                    for v in 0..VECTORS {
                        out[v] = $simd.$mul_add($alpha, sums[v], out[v]);
                    }
                }
                Accum::Replace => {
                    for v in 0..VECTORS {
                        out[v] = $simd.$mul($alpha, sums[v]);
                    }
                }
            }
        } else {
            let mut copy = [$simd.$splat(0.0); VECTORS];
            for v in 0..VECTORS {
                copy[v] = sums[v];
            }
            let whole = vectors.len();
            for v in 0..whole {
                vectors[v] = match $accum {
                    Accum::Add => $simd.$mul_add($alpha, copy[v], vectors[v]),
                    Accum::Replace => $simd.$mul($alpha, copy[v]),
                };
            }
            if !rest.is_empty() {
                let start = match $accum {
                    Accum::Add => $simd.$load(rest),
                    Accum::Replace => $simd.$splat(0.0),
                };
                $simd.$store(rest, $simd.$mul_add($alpha, copy[whole], start));
            }
        }
    };
}

pub(super) use finish;
