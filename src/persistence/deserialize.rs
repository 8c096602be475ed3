//! The one mechanism by which a type reads its fields and checks how they fit each other.

/// Implements serde's `Deserialize` for a struct of named fields: reads the fields as the derived
/// implementation would, then asks the value's own `check_parts(&self) -> Result<()>`.
///
/// A second form builds the value from the fields by an expression that returns a `Result`, and
/// has all its bounds written out:
///
/// ```text
/// deserialize_checked! { Name<F> { a, b } where F: Float }
/// deserialize_checked! { Name<F> { a, b } => Self::new(a, b); where F: Float + Deserialize<'de> }
/// ```
///
/// serde's own `remote = "Self"` would do as much, but gives a public type a public `deserialize`
/// that skips the check. Here a private struct, which takes the names of the fields as its type
/// parameters too, is what serde derives for, and the compiler infers the fields' types. It is
/// named as the type is, because some formats write that name.
macro_rules! deserialize_checked {
    ($name:ident $(<$($param:ident),*>)? { $($field:ident),* } $(where $($bounds:tt)*)?) => {
        $crate::persistence::deserialize_checked! {
            $name $(<$($param),*>)? { $($field),* } => {
                let loaded = Self { $($field),* };
                loaded.check_parts().map(|()| loaded)
            };
            where $($($param: serde_crate::Deserialize<'de>,)*)? $($($bounds)*)?
        }
    };
    (
        $name:ident $(<$($param:ident),*>)? { $($field:ident),* } => $build:expr;
        where $($bounds:tt)*
    ) => {
        impl<'de, $($($param),*)?> serde_crate::Deserialize<'de> for $name $(<$($param),*>)?
        where
            $($bounds)*
        {
            #[allow(non_camel_case_types)]
            fn deserialize<Source>(source: Source) -> std::result::Result<Self, Source::Error>
            where
                Source: serde_crate::Deserializer<'de>,
            {
                let ($($field,)*) = {
                    #[derive(serde_crate::Deserialize)]
                    #[serde(crate = "serde_crate")]
                    struct $name<$($field),*> {
                        $($field: $field),*
                    }

                    let $name { $($field),* } = serde_crate::Deserialize::deserialize(source)?;
                    ($($field,)*)
                };
                let build = || -> $crate::Result<Self> { $build };
                build().map_err(serde_crate::de::Error::custom)
            }
        }
    };
}

pub(crate) use deserialize_checked;
