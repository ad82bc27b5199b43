//! Reading types.

use syn::{GenericArgument, PathArguments, PathSegment, Type};

/// `T` of a `Result<T, ..>`, also of an alias such as `io::Result<T>`.
pub(crate) fn first_of_result(ty: &Type) -> Option<&Type> {
    let Type::Path(ty) = ty else { return None };
    match ty.path.segments.last()? {
        PathSegment { ident, arguments: PathArguments::AngleBracketed(arguments), .. }
            if ident == "Result" =>
        {
            match arguments.args.first()? {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            }
        }
        _ => None,
    }
}
