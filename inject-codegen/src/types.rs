//! Readers of types.

use syn::{GenericArgument, PathArguments, Type};

/// Returns the type arguments of a type that is called `name`, with or without a path. Another type yields none.
pub(crate) fn arguments_of<'a>(ty: &'a Type, name: &str) -> impl Iterator<Item = &'a Type> {
    let arguments = match ungrouped(ty) {
        Type::Path(ty) if ty.qself.is_none() => match ty.path.segments.last() {
            Some(last) if last.ident == name => match &last.arguments {
                PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Returns the type without the invisible groups that a `macro_rules!` macro adds around a fragment.
pub(crate) fn ungrouped(mut ty: &Type) -> &Type {
    while let Type::Group(group) = ty {
        ty = &group.elem;
    }
    ty
}

/// Returns the `T` of a type that is called `name` and has one type argument.
pub(crate) fn only_argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let mut arguments = arguments_of(ty, name);
    let only = arguments.next()?;
    arguments.next().is_none().then_some(only)
}

/// Returns the `V` of a type that is called `name` and has at least two type arguments: `HashMap<K, V>`.
pub(crate) fn second_argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    arguments_of(ty, name).nth(1)
}

/// Returns the `T` of a `Result<T, ..>`, also of an alias such as `io::Result<T>`.
pub(crate) fn first_of_result(ty: &Type) -> Option<&Type> {
    arguments_of(ty, "Result").next()
}

/// Returns the `E` of a `Result<T, E>`. An alias may omit it.
pub(crate) fn error_of_result(ty: &Type) -> Option<&Type> {
    arguments_of(ty, "Result").nth(1)
}
