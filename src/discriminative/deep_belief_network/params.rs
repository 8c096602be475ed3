//! Hyper-parameters of the network.

use linfa::{DatasetBase, Label, ParamGuard};
use ndarray::{Array1, Array2, CowArray};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::model::DeepBeliefNetwork;
use super::up_down::UpDown;
use crate::boltzmann::{
    LearningRate, NegativePhase, Parameters, Rbm, RbmParams, VisibleInput, VisibleUnits, check_room,
};
use crate::discriminative::architecture::{Architecture, Setting};
use crate::discriminative::error::DiscriminativeError;
use crate::discriminative::network::{Network, hidden};
use crate::discriminative::params::{ClassifierParams, ClassifierValidParams};
use crate::discriminative::settings::Descent;
use crate::error::MachineError;
use crate::observer::{Event, Observer, Stage};
use crate::{Float, Result};

/// Restricted machines, each of which learns the activations of the one below.
///
/// # Example
///
/// ```
/// use linfa_fisher::discriminative::DeepBeliefNetwork;
///
/// let params = linfa::ParamGuard::check(DeepBeliefNetwork::<f32, _>::params(&[30, 20]))?;
/// assert_eq!(params.architecture().hidden(), [30, 20]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(deserialize = "F: Float + serde_crate::Deserialize<'de>")
    )
)]
pub struct Stacked<F> {
    /// One for each hidden layer, whose random-number generators are not used.
    machines: Vec<RbmParams<F, Xoshiro256Plus>>,
    up_down: Option<UpDown<F>>,
}

/// Hyper-parameters of [`DeepBeliefNetwork`], from [`DeepBeliefNetwork::params`].
pub type DeepBeliefNetworkParams<F, R> = ClassifierParams<Stacked<F>, F, R>;

/// Checked hyper-parameters of [`DeepBeliefNetwork`], from [`DeepBeliefNetworkParams`].
pub type DeepBeliefNetworkValidParams<F, R> = ClassifierValidParams<Stacked<F>, F, R>;

impl<F: Float> Stacked<F> {
    /// Number of units of each hidden layer, the one next to the records first.
    pub fn hidden(&self) -> Vec<usize> {
        let machines = self.machines.iter();
        machines.flat_map(|rbm| rbm.hidden()).copied().collect()
    }

    /// The hyper-parameters of the machine of each hidden layer, whose random numbers are those of
    /// the network.
    pub fn machines(&self) -> &[RbmParams<F, Xoshiro256Plus>] {
        &self.machines
    }

    /// The generative fine-tuning, if there is one.
    pub fn up_down(&self) -> Option<&UpDown<F>> {
        self.up_down.as_ref()
    }
}

impl<F: Float> DeepBeliefNetwork<F, ()> {
    /// Hyper-parameters of a network with these hidden layers and a random-number generator seeded
    /// with 42: its machines are trained for 10 epochs by contrastive divergence at a learning rate
    /// of 0.05, the whole for 30 epochs by back-propagation, all of it in batches of 10.
    pub fn params(hidden: &[usize]) -> DeepBeliefNetworkParams<F, Xoshiro256Plus> {
        let machine = |&units: &usize| {
            Rbm::params(units)
                .epochs(10)
                .batch_size(10)
                .learning_rate(LearningRate::Constant(F::cast(0.05)))
                .negative_phase(NegativePhase::ContrastiveDivergence { steps: 1 })
        };
        let stacked = Stacked {
            machines: hidden.iter().map(machine).collect(),
            up_down: None,
        };
        ClassifierParams::new(
            stacked,
            Descent::default(),
            Xoshiro256Plus::seed_from_u64(42),
        )
    }
}

impl<F: Float, R> DeepBeliefNetworkParams<F, R> {
    /// Sets hyper-parameters of the machines, one after another. Those of all but the first have
    /// binary visible units, and learn activations where the first one requires binary records. The
    /// random numbers of all are those of the network.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa_fisher::discriminative::DeepBeliefNetwork;
    ///
    /// let params = DeepBeliefNetwork::<f32, _>::params(&[30, 20]);
    /// let params = params.pretraining(|rbm| rbm.epochs(5));
    /// assert!(linfa::ParamGuard::check(params.pretraining(|rbm| rbm.epochs(0))).is_err());
    /// ```
    pub fn pretraining(
        self,
        set: impl Fn(RbmParams<F, Xoshiro256Plus>) -> RbmParams<F, Xoshiro256Plus>,
    ) -> Self {
        self.with_architecture(|stacked| {
            let machines = std::mem::take(&mut stacked.machines);
            stacked.machines = machines.into_iter().map(set).collect();
        })
    }

    /// Trains the stack as one generative model before the back-propagation. Defaults to not.
    pub fn up_down(self, up_down: Option<UpDown<F>>) -> Self {
        self.with_architecture(|stacked| stacked.up_down = up_down)
    }
}

impl<F: Float> Architecture<F> for Stacked<F> {
    type Model<L> = DeepBeliefNetwork<F, L>;

    fn check(&self, _: &Descent<F>) -> Result<()> {
        if self.machines.is_empty() {
            return Err(DiscriminativeError::NoHiddenLayers.into());
        }
        if let Some(layer) = self.hidden().iter().position(|&units| units == 0) {
            let layer = layer + 1;
            return Err(MachineError::InvalidHiddenUnits { layer, units: 0 }.into());
        }
        for machine in &self.machines {
            machine.check_ref()?;
        }
        self.up_down.as_ref().map_or(Ok(()), UpDown::check)
    }

    fn learn<R: Rng + Clone>(&self, mut setting: Setting<'_, '_, F, R>) -> Result<Parameters<F>> {
        #[cfg(feature = "serde")]
        setting.keeper.map_or(Ok(()), |it| it.check_several())?;
        let layers = [
            &[setting.records.ncols()],
            &self.hidden()[..],
            &[setting.classes],
        ]
        .concat();
        let weights = layers.windows(2).map(|pair| (pair[0], pair[1]));
        check_room::<F>("weights of the network in training", 5, weights)?;
        let mut stack = self.pretrained(&mut setting)?;
        if let Some(up_down) = &self.up_down {
            up_down.train(
                &mut stack,
                setting.records,
                &mut setting.rng,
                setting.observer,
            )?;
        }
        let discriminator = Network {
            dropout: setting.descent.dropout(),
        };
        let theta = composed(stack, setting.classes);
        let inputs = CowArray::from(setting.records);
        setting.descend(("fine-tuning", &discriminator), inputs, theta)
    }

    fn model<L: Label>(&self, theta: Parameters<F>, classes: Vec<L>) -> DeepBeliefNetwork<F, L> {
        DeepBeliefNetwork::new(theta, classes)
    }
}

impl<F: Float> Stacked<F> {
    /// The machines, each trained on the activations of the one below.
    fn pretrained<R: Rng + Clone>(
        &self,
        setting: &mut Setting<'_, '_, F, R>,
    ) -> Result<Vec<Parameters<F>>> {
        let mut stack: Vec<Parameters<F>> = Vec::new();
        let mut activations = CowArray::from(setting.records);
        for (below, machine) in self.machines.iter().enumerate() {
            let mut params = machine.clone().with_rng(setting.rng.clone());
            setting.rng.next_u64();
            if let Some(lower) = stack.last() {
                activations = hidden(lower, 1, activations.view()).into();
                params = params.visible_units(VisibleUnits::Binary);
                if machine.check_ref()?.training().visible_input() == VisibleInput::RequireBinary {
                    params = params.visible_input(VisibleInput::AsIs);
                }
            }
            let (params, dataset) = (params.check()?, DatasetBase::from(activations.view()));
            let mut observer = OfLayer {
                layer: below + 1,
                observer: &mut *setting.observer,
            };
            let run = params.run(&dataset).observer(&mut observer);
            #[cfg(feature = "serde")]
            let run = run.store(setting.keeper.map(|keeper| keeper.of_machines()));
            stack.push(run.train()?.into_parameters());
        }
        Ok(stack)
    }
}

/// Tells an observer which layer's machine is trained.
struct OfLayer<'o> {
    layer: usize,
    observer: &'o mut dyn Observer,
}

impl Observer for OfLayer<'_> {
    fn observe(&mut self, event: &Event) {
        let mut event = event.clone();
        if let Event::Epoch { stage, .. }
        | Event::Resumed { stage, .. }
        | Event::NotSaved { stage, .. }
        | Event::Finished { stage, .. } = &mut event
        {
            *stage = Stage::Pretraining { layer: self.layer };
        }
        self.observer.observe(&event);
    }

    fn should_stop(&self) -> bool {
        self.observer.should_stop()
    }
}

/// The network of a stack: its machines' weights and hidden biases, and a softmax layer of zeros.
fn composed<F: Float>(stack: Vec<Parameters<F>>, classes: usize) -> Parameters<F> {
    let top = stack.last().map_or(0, |machine| machine.biases[1].len());
    let mut theta = Parameters {
        weights: Vec::new(),
        biases: Vec::new(),
        visible: stack[0].visible,
    };
    for machine in stack {
        let [visible, hidden] = <[Array1<F>; 2]>::try_from(machine.biases).unwrap_or_default();
        if theta.biases.is_empty() {
            theta.biases.push(visible);
        }
        theta.weights.extend(machine.weights);
        theta.biases.push(hidden);
    }
    theta.weights.push(Array2::zeros((top, classes)));
    theta.biases.push(Array1::zeros(classes));
    theta
}
