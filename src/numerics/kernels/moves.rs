//! Which rows of a matrix have changed by more than a tolerance.

use pulp::{Simd, WithSimd};

/// See [`Kernels::mark_moves`](super::Kernels::mark_moves).
pub(super) struct MarkMoves<'a, F> {
    pub(super) new: &'a [F],
    pub(super) old: &'a [F],
    pub(super) tolerance: F,
    pub(super) moved: &'a mut [bool],
}

/// The kernel for vectors of `$float`.
macro_rules! mark_moves {
    ($float:ty, $split:ident, $load:ident, $sub:ident, $abs:ident, $max:ident, $most:ident) => {
        impl WithSimd for MarkMoves<'_, $float> {
            type Output = ();

            #[inline(always)]
            fn with_simd<S: Simd>(self, simd: S) {
                let width = (self.new.len() / self.moved.len().max(1)).max(1);
                let rows = self
                    .new
                    .chunks_exact(width)
                    .zip(self.old.chunks_exact(width));
                for ((new, old), moved) in rows.zip(self.moved) {
                    let ((new, new_rest), (old, old_rest)) = (S::$split(new), S::$split(old));
                    let rest = simd.$sub(simd.$load(new_rest), simd.$load(old_rest));
                    let mut most = simd.$abs(rest);
                    for (&new, &old) in new.iter().zip(old) {
                        most = simd.$max(most, simd.$abs(simd.$sub(new, old)));
                    }
                    *moved |= simd.$most(most) > self.tolerance;
                }
            }
        }
    };
}

mark_moves!(
    f32,
    as_simd_f32s,
    partial_load_f32s,
    sub_f32s,
    abs_f32s,
    max_f32s,
    reduce_max_f32s
);
mark_moves!(
    f64,
    as_simd_f64s,
    partial_load_f64s,
    sub_f64s,
    abs_f64s,
    max_f64s,
    reduce_max_f64s
);

#[cfg(test)]
mod tests {
    use crate::numerics::kernels::Kernels;

    #[test]
    fn rows_that_moved_by_more_than_the_tolerance_are_marked() {
        for width in [1, 3, 16, 20, 40] {
            let old = vec![0.5_f32; 4 * width];
            let mut new = old.clone();
            new[width] = 0.25;
            new[2 * width] = 0.5 + 1e-4;
            new[4 * width - 1] = 0.75;
            let mut moved = [true, false, false, false];
            f32::mark_moves(&new, &old, 1e-3, &mut moved);
            assert_eq!(moved, [true, true, false, true]);
            let [old, new] = [old, new].map(|values| values.into_iter().map(f64::from).collect());
            let [old, new]: [Vec<f64>; 2] = [old, new];
            let mut moved = [false; 4];
            f64::mark_moves(&new, &old, 0.0, &mut moved);
            assert_eq!(moved, [false, true, true, true]);
        }
    }
}
