//! Neighbourhood linear discriminant analysis (Zhu, Gao, Yang and Ye, Pattern Recognition 123,
//! 2022).
//!
//! The neighbourhood `R(i)` of row `i` are the rows of its class that have `i` among their nearest
//! neighbours in the class: its reverse nearest neighbours. `m(i)` is their mean. With
//!
//! ```text
//! S_w = sum over i, x in R(i) of (x - m(i)) (x - m(i))^T
//! S_b = sum over i, j of different classes of (m(i) - m(j)) (m(i) - m(j))^T
//! ```
//!
//! rows are projected on the directions of the largest generalised eigenvalues of `S_b w = l S_w
//! w`. Neighbourhoods of fewer than two rows take no part. The abstract of the paper defines the
//! scatters in words; the weights of the pairs, all alike here, are this reading of it.

use std::error::Error;

use faer::linalg::solvers::SelfAdjointEigen;
use faer::{Mat, Side};
use linfa::prelude::*;
use linfa_fisher::classification::KNearestNeighbors;
use ndarray::{Array1, Array2, ArrayView2, Axis};

/// Projections on directions that tell neighbourhoods of different classes apart.
#[derive(Debug)]
pub(crate) struct Nlda {
    /// `d x k`.
    directions: Array2<f64>,
}

/// The matrices `S_w` and `S_b`.
struct Scatters {
    within: Array2<f64>,
    between: Array2<f64>,
}

/// Means of neighbourhoods of two rows or more.
struct Neighbourhoods {
    means: Array2<f64>,
    sizes: Array1<f64>,
    classes: Vec<usize>,
    /// In how many of the neighbourhoods each row is.
    memberships: Array1<f64>,
}

impl Nlda {
    /// `ridge` times the mean of the diagonal of `S_w` is added to its diagonal.
    pub(crate) fn fit(
        rows: &Array2<f64>,
        targets: &Array1<usize>,
        neighbours: usize,
        ridge: f64,
        directions: usize,
    ) -> Result<Self, Box<dyn Error>> {
        let Scatters {
            mut within,
            between,
        } = Scatters::of(rows, &Neighbourhoods::of(rows, targets, neighbours)?);
        let mean = within.diag().mean().unwrap_or(0.0);
        within.diag_mut().map_inplace(|x| *x += ridge * mean);
        Ok(Self {
            directions: greatest(&within, &between, directions)?,
        })
    }

    /// `n x d` to `n x k`.
    pub(crate) fn project(&self, rows: &Array2<f64>) -> Array2<f64> {
        rows.dot(&self.directions)
    }

    /// Numbers that the projection consists of.
    pub(crate) fn numbers(&self) -> usize {
        self.directions.len()
    }
}

impl Neighbourhoods {
    fn of(
        rows: &Array2<f64>,
        targets: &Array1<usize>,
        neighbours: usize,
    ) -> linfa_fisher::Result<Self> {
        let reverse = reverse_neighbours(rows, targets, neighbours)?;
        let (kept, members): (Vec<usize>, Vec<&Vec<usize>>) = reverse
            .iter()
            .enumerate()
            .filter(|(_, members)| members.len() > 1)
            .unzip();
        let mut means = Array2::zeros((kept.len(), rows.ncols()));
        let mut memberships = Array1::zeros(rows.nrows());
        for (mut mean, members) in means.outer_iter_mut().zip(&members) {
            for &member in *members {
                mean += &rows.row(member);
                memberships[member] += 1.0;
            }
            mean /= members.len() as f64;
        }
        Ok(Self {
            means,
            sizes: members.iter().map(|it| it.len() as f64).collect(),
            classes: kept.iter().map(|&row| targets[row]).collect(),
            memberships,
        })
    }
}

impl Scatters {
    /// By moments: `S_w` is the sum of `x x^T` over all members less that of `m m^T`, once for each
    /// member; `S_b` is that of all pairs less that of the pairs within a class.
    fn of(rows: &Array2<f64>, neighbourhoods: &Neighbourhoods) -> Self {
        let Neighbourhoods {
            means,
            sizes,
            classes,
            memberships,
        } = neighbourhoods;
        // Scatters do not change with the origin: with this one, little is lost in the differences.
        let origin = means.mean_axis(Axis(0)).unwrap_or_default();
        let (rows, means) = (rows - &origin, means - &origin);
        let mut between = pairs(means.view());
        for class in 0..=classes.iter().copied().max().unwrap_or(0) {
            let of_class: Vec<usize> = (0..classes.len())
                .filter(|&i| classes[i] == class)
                .collect();
            between -= &pairs(means.select(Axis(0), &of_class).view());
        }
        Self {
            within: moment(rows.view(), memberships) - moment(means.view(), sizes),
            between,
        }
    }
}

/// The sum of `w x x^T`.
fn moment(rows: ArrayView2<f64>, weights: &Array1<f64>) -> Array2<f64> {
    let weighted = &rows * &weights.view().insert_axis(Axis(1));
    weighted.t().dot(&rows)
}

/// The sum of `(a - b) (a - b)^T` over all ordered pairs of rows.
fn pairs(rows: ArrayView2<f64>) -> Array2<f64> {
    let sum = rows.sum_axis(Axis(0)).insert_axis(Axis(1));
    (rows.t().dot(&rows) * rows.nrows() as f64 - sum.dot(&sum.t())) * 2.0
}

/// For each row, which rows of its class have it among their nearest.
fn reverse_neighbours(
    rows: &Array2<f64>,
    targets: &Array1<usize>,
    neighbours: usize,
) -> linfa_fisher::Result<Vec<Vec<usize>>> {
    let mut reverse = vec![Vec::new(); rows.nrows()];
    for class in 0..=targets.iter().copied().max().unwrap_or(0) {
        let of_class: Vec<usize> = (0..targets.len())
            .filter(|&i| targets[i] == class)
            .collect();
        if of_class.len() < 2 {
            continue;
        }
        let dataset = Dataset::new(
            rows.select(Axis(0), &of_class),
            targets.select(Axis(0), &of_class),
        );
        let asked = (neighbours + 1).min(of_class.len());
        let found = KNearestNeighbors::params(asked).fit(&dataset)?;
        let found = found.neighbors(&dataset.records)?;
        for (place, nearest) in found.rows().outer_iter().enumerate() {
            let others = nearest.iter().filter(|&&other| other != place);
            for &other in others.take(neighbours) {
                reverse[of_class[other]].push(of_class[place]);
            }
        }
    }
    Ok(reverse)
}

/// The generalised eigenvectors of the largest eigenvalues, largest first, each `w^T S_w w = 1`.
fn greatest(
    within: &Array2<f64>,
    between: &Array2<f64>,
    count: usize,
) -> Result<Array2<f64>, Box<dyn Error>> {
    let (values, vectors) = eigen(within)?;
    if values.iter().any(|&it| it <= 0.0) {
        return Err("the scatter within neighbourhoods is singular: use a larger ridge".into());
    }
    let whitening = vectors / values.mapv(f64::sqrt);
    let (values, vectors) = eigen(&whitening.t().dot(between).dot(&whitening))?;
    let last: Vec<usize> = (0..values.len()).rev().take(count).collect();
    Ok(whitening.dot(&vectors.select(Axis(1), &last)))
}

/// Eigenvalues, the smallest first, and eigenvectors as columns.
fn eigen(matrix: &Array2<f64>) -> Result<(Array1<f64>, Array2<f64>), Box<dyn Error>> {
    let size = matrix.nrows();
    let matrix = Mat::from_fn(size, size, |i, j| matrix[[i, j]]);
    let eigen = SelfAdjointEigen::new(matrix.as_ref(), Side::Lower)
        .map_err(|fault| format!("no eigenvalues: {fault:?}"))?;
    let values = (0..size).map(|i| eigen.S()[i]).collect();
    let vectors = Array2::from_shape_fn((size, size), |(i, j)| eigen.U()[(i, j)]);
    Ok((values, vectors))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::Case;

    fn assert_close(found: &Array2<f64>, expected: &Array2<f64>) {
        let scale = expected.fold(0.0, |most: f64, x| most.max(x.abs()));
        let distance = (found - expected).mapv(f64::abs);
        assert!(distance.iter().all(|&it| it < 1e-9 * scale), "{distance}");
    }

    #[test]
    fn scatters_and_directions_are_numpys() {
        let case = Case::read(include_str!("../cases/nlda.json"));
        let (rows, targets) = (case.matrix("rows"), case.targets());
        let neighbourhoods = Neighbourhoods::of(&rows, &targets, 4).unwrap();
        let scatters = Scatters::of(&rows, &neighbourhoods);
        assert_close(&scatters.between, &case.matrix("between"));
        let nlda = Nlda::fit(&rows, &targets, 4, 1e-3, 2).unwrap();
        let found = &nlda.directions * &nlda.directions.row(0).mapv(f64::signum);
        assert_close(&found, &case.matrix("vectors"));
        // NumPy's has the ridge on its diagonal.
        let mut within = scatters.within;
        let mean = within.diag().mean().unwrap();
        within.diag_mut().map_inplace(|x| *x += 1e-3 * mean);
        assert_close(&within, &case.matrix("within"));
        let values = nlda
            .directions
            .t()
            .dot(&scatters.between)
            .dot(&nlda.directions);
        let expected = Array2::from_diag(&case.matrix("values").row(0));
        assert_close(&values, &expected);
    }
}
