//! The settings that a search chooses from.

use std::fmt;
use std::sync::Arc;

use rand::Rng;

use crate::Result;
use crate::error::SelectionError;
use crate::traits::Choice;

/// Sets one parameter to one value.
type Setter<P> = Arc<dyn Fn(P) -> P + Send + Sync>;

/// Sets one parameter to a number.
type NumberSetter<P> = Arc<dyn Fn(P, f64) -> P + Send + Sync>;

/// Names, values and setters of hyper-parameters, in the order in which they are set.
#[derive(Clone)]
pub(super) struct SearchSpace<P> {
    parameters: Vec<Parameter<P>>,
}

#[derive(Clone)]
struct Parameter<P> {
    name: String,
    values: Values<P>,
}

#[derive(Clone)]
enum Values<P> {
    List(Vec<(String, Setter<P>)>),
    Range {
        low: f64,
        high: f64,
        logarithmic: bool,
        set: NumberSetter<P>,
    },
}

/// Hyper-parameters with the choices that were made for them.
#[derive(Clone)]
pub(super) struct Setting<P> {
    pub(super) choices: Vec<Choice>,
    pub(super) params: P,
}

/// The names of the parameters, each with its values or bounds.
impl<P> fmt::Debug for SearchSpace<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for Parameter { name, values } in &self.parameters {
            match values {
                Values::List(list) => {
                    let names: Vec<&String> = list.iter().map(|(name, _)| name).collect();
                    map.entry(name, &names)
                }
                Values::Range { low, high, .. } => map.entry(name, &(low..=high)),
            };
        }
        map.finish()
    }
}

impl<P> SearchSpace<P> {
    /// Nothing to choose from yet.
    pub(super) fn new() -> Self {
        let parameters = Vec::new();
        Self { parameters }
    }

    /// One more parameter, with its values, each with a name, and what sets it.
    pub(super) fn add_list<V: Send + Sync + 'static>(
        &mut self,
        name: String,
        values: impl IntoIterator<Item = (String, V)>,
        set: impl Fn(P, &V) -> P + Send + Sync + 'static,
    ) {
        let set = Arc::new(set);
        let list = values.into_iter().map(|(name, value)| {
            let set = set.clone();
            let setter: Setter<P> = Arc::new(move |params| set(params, &value));
            (name, setter)
        });
        let values = Values::List(list.collect());
        self.parameters.push(Parameter { name, values });
    }

    /// One more parameter, with any number between two bounds, on a linear or a logarithmic scale.
    pub(super) fn add_range(
        &mut self,
        name: String,
        (low, high): (f64, f64),
        logarithmic: bool,
        set: impl Fn(P, f64) -> P + Send + Sync + 'static,
    ) {
        let values = Values::Range {
            low,
            high,
            logarithmic,
            set: Arc::new(set),
        };
        self.parameters.push(Parameter { name, values });
    }

    /// All combinations of values, those of the first parameter changing last.
    ///
    /// # Errors
    ///
    /// [`EmptySearch`](SelectionError::EmptySearch), [`RangeInGrid`](SelectionError::RangeInGrid).
    pub(super) fn grid(&self, base: &P) -> Result<Vec<Setting<P>>>
    where
        P: Clone,
    {
        let start = Setting {
            choices: Vec::new(),
            params: base.clone(),
        };
        let mut settings = vec![start];
        for Parameter { name, values } in &self.parameters {
            let Values::List(list) = values else {
                return Err(SelectionError::RangeInGrid(name.clone()).into());
            };
            let with = |setting: &Setting<P>| -> Vec<Setting<P>> {
                let values = list.iter();
                values
                    .map(|(value, set)| setting.with(name, value.clone(), |p| set(p)))
                    .collect()
            };
            settings = settings.iter().flat_map(with).collect();
        }
        check_settings(settings)
    }

    /// Settings drawn at random, in the order of their values' places, without duplicates: fewer
    /// than asked for where there are no more.
    ///
    /// # Errors
    ///
    /// [`EmptySearch`](SelectionError::EmptySearch), [`Bounds`](SelectionError::Bounds).
    pub(super) fn draw(
        &self,
        base: &P,
        settings: usize,
        rng: &mut impl Rng,
    ) -> Result<Vec<Setting<P>>>
    where
        P: Clone,
    {
        let start = Setting {
            choices: Vec::new(),
            params: base.clone(),
        };
        let mut drawn: Vec<Vec<f64>> = Vec::new();
        for _ in 0..settings {
            let places = self.parameters.iter().map(|parameter| parameter.draw(rng));
            drawn.push(places.collect::<Result<_>>()?);
        }
        drawn.sort_by(|a, b| {
            let places = a.iter().zip(b).map(|(a, b)| a.total_cmp(b));
            places.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
        drawn.dedup();
        // settings of the same first values share what these make of the base
        let mut path: Vec<(f64, Setting<P>)> = Vec::new();
        let mut made = Vec::new();
        for places in drawn {
            let same = path
                .iter()
                .zip(&places)
                .take_while(|((old, _), new)| old == *new)
                .count();
            path.truncate(same);
            for (parameter, &place) in self.parameters.iter().zip(&places).skip(same) {
                let before = path.last().map_or(&start, |(_, setting)| setting);
                path.push((place, parameter.set(before, place)));
            }
            made.extend(path.last().map(|(_, setting)| setting.clone()));
        }
        check_settings(made)
    }
}

impl<P> Parameter<P> {
    /// A place in the list of values, or a number of the range.
    fn draw(&self, rng: &mut impl Rng) -> Result<f64> {
        match &self.values {
            Values::List(list) if list.is_empty() => Err(SelectionError::EmptySearch.into()),
            Values::List(list) => Ok(rng.gen_range(0..list.len()) as f64),
            &Values::Range {
                low,
                high,
                logarithmic,
                ..
            } => {
                let right = low.is_finite() && high.is_finite() && low <= high;
                if !right || (logarithmic && low <= 0.0) {
                    let name = self.name.clone();
                    return Err(SelectionError::Bounds { name, low, high }.into());
                }
                let share: f64 = rng.r#gen();
                let drawn = match logarithmic {
                    true => (low.ln() + share * (high.ln() - low.ln())).exp(),
                    false => low + share * (high - low),
                };
                // rounding may lead beyond an end, and the difference of both may be infinite
                Ok(drawn.clamp(low, high))
            }
        }
    }

    /// The setting with this parameter at a place that was drawn.
    fn set(&self, setting: &Setting<P>, place: f64) -> Setting<P>
    where
        P: Clone,
    {
        match &self.values {
            Values::List(list) => {
                let (value, set) = &list[place as usize];
                setting.with(&self.name, value.clone(), |params| set(params))
            }
            Values::Range { set, .. } => setting.with(&self.name, format!("{place:e}"), |params| {
                set(params, place)
            }),
        }
    }
}

impl<P: Clone> Setting<P> {
    fn with(&self, name: &str, value: String, set: impl FnOnce(P) -> P) -> Self {
        let mut choices = self.choices.clone();
        choices.push((name.to_owned(), value));
        Self {
            choices,
            params: set(self.params.clone()),
        }
    }
}

/// At least one setting, of at least one parameter.
fn check_settings<P>(settings: Vec<Setting<P>>) -> Result<Vec<Setting<P>>> {
    match settings.iter().all(|setting| setting.choices.is_empty()) {
        true => Err(SelectionError::EmptySearch.into()),
        false => Ok(settings),
    }
}

#[cfg(test)]
mod tests {
    use rand_xoshiro::Xoshiro256Plus;
    use rand_xoshiro::rand_core::SeedableRng;

    use super::*;
    use crate::Error;

    fn with_values<P, V: ToString + Send + Sync + 'static>(
        mut space: SearchSpace<P>,
        name: &str,
        values: impl IntoIterator<Item = V>,
        set: impl Fn(P, &V) -> P + Send + Sync + 'static,
    ) -> SearchSpace<P> {
        let named = values.into_iter().map(|value| (value.to_string(), value));
        space.add_list(name.to_owned(), named, set);
        space
    }

    fn with_range<P>(
        mut space: SearchSpace<P>,
        name: &str,
        bounds: (f64, f64),
        logarithmic: bool,
        set: impl Fn(P, f64) -> P + Send + Sync + 'static,
    ) -> SearchSpace<P> {
        space.add_range(name.to_owned(), bounds, logarithmic, set);
        space
    }

    /// Two parameters as a pair of numbers.
    fn space() -> SearchSpace<(i32, f64)> {
        let space = with_values(SearchSpace::new(), "a", [1, 2], |(_, b), &a| (a, b));
        with_values(space, "b", [0.5, 0.25, 0.125], |(a, _), &b| (a, b))
    }

    #[test]
    fn a_grid_has_all_combinations() {
        let settings = space().grid(&(0, 0.0)).unwrap();
        let params: Vec<_> = settings.iter().map(|setting| setting.params).collect();
        let expected = [
            (1, 0.5),
            (1, 0.25),
            (1, 0.125),
            (2, 0.5),
            (2, 0.25),
            (2, 0.125),
        ];
        assert_eq!(params, expected);
        let named = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(settings[4].choices, [named("a", "2"), named("b", "0.25")]);
    }

    /// `exp(ln(10))` is above 10 by rounding.
    #[test]
    fn bounds_may_be_the_same_or_far_apart() {
        for (bounds, logarithmic) in [((10.0, 10.0), true), ((f64::MIN, f64::MAX), false)] {
            let space = with_range(SearchSpace::new(), "x", bounds, logarithmic, |_, x| x);
            let mut rng = Xoshiro256Plus::seed_from_u64(1);
            let settings = space.draw(&0.0, 5, &mut rng).unwrap();
            let within = |x: f64| x >= bounds.0 && x <= bounds.1;
            assert!(settings.iter().all(|setting| within(setting.params)));
        }
    }

    #[test]
    fn draws_are_within_bounds_and_repeatable() {
        let space = with_range(SearchSpace::new(), "x", (1e-4, 1e2), true, |(_, y), x| {
            (x, y)
        });
        let space = with_range(space, "y", (-1.0, 3.0), false, |(x, _), y| (x, y));
        let draw = || {
            let mut rng = Xoshiro256Plus::seed_from_u64(1);
            let settings = space.draw(&(0.0, 0.0), 200, &mut rng).unwrap();
            settings
                .iter()
                .map(|setting| setting.params)
                .collect::<Vec<(f64, f64)>>()
        };
        let params = draw();
        assert_eq!(params, draw());
        assert_eq!(params.len(), 200);
        assert!(
            params
                .iter()
                .all(|&(x, y)| (1e-4..=1e2).contains(&x) && (-1.0..=3.0).contains(&y))
        );
        // half of the orders of magnitude are below 0.1: 100 of 200 draws, with deviation 7
        let small = params.iter().filter(|(x, _)| *x < 0.1).count();
        assert!((72..=128).contains(&small), "{small}");
    }

    #[test]
    fn lists_are_drawn_without_duplicates() {
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        let settings = space().draw(&(0, 0.0), 500, &mut rng).unwrap();
        let params: Vec<_> = settings.iter().map(|setting| setting.params).collect();
        let all = [
            (1, 0.5),
            (1, 0.25),
            (1, 0.125),
            (2, 0.5),
            (2, 0.25),
            (2, 0.125),
        ];
        assert_eq!(params, all);
    }

    #[test]
    fn values_of_first_parameters_are_set_once() {
        let calls = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = calls.clone();
        let space = with_values(SearchSpace::new(), "a", [1, 2], move |(_, b), &a| {
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            (a, b)
        });
        let space = with_range(space, "b", (0.0, 1.0), false, |(a, _), b| (a, b));
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        assert_eq!(space.draw(&(0, 0.0), 30, &mut rng).unwrap().len(), 30);
        assert_eq!(calls.load(std::sync::atomic::Ordering::Relaxed), 2);
    }

    #[test]
    fn spaces_that_cannot_be_are_errors() {
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        let empty = SearchSpace::<u8>::new();
        assert!(matches!(
            empty.grid(&0).err(),
            Some(Error::Selection(SelectionError::EmptySearch))
        ));
        assert!(empty.draw(&0, 3, &mut rng).is_err());
        let nothing = with_values(SearchSpace::new(), "x", [0_u8; 0], |_, &x| x);
        assert!(nothing.grid(&0).is_err() && nothing.draw(&0, 3, &mut rng).is_err());
        let range = with_range(SearchSpace::new(), "x", (0.0, 1.0), false, |_, x| x);
        assert!(matches!(
            range.grid(&0.0).err(),
            Some(Error::Selection(SelectionError::RangeInGrid(name))) if name == "x"
        ));
        assert!(range.draw(&0.0, 0, &mut rng).is_err());
        for (low, high) in [
            (2.0, 1.0),
            (0.0, 1.0),
            (1.0, f64::INFINITY),
            (f64::NAN, 1.0),
        ] {
            let space = with_range(SearchSpace::new(), "x", (low, high), true, |_, x| x);
            assert!(matches!(
                space.draw(&0.0, 3, &mut rng).err(),
                Some(Error::Selection(SelectionError::Bounds { .. }))
            ));
        }
    }
}
