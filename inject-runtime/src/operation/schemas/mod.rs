//! Named schemas of a document.

mod classes;
mod name;
mod resolve;

use std::any::type_name;

use utoipa::{
    ToSchema,
    openapi::{Ref, RefOr, Schema},
};

use self::name::Name;
pub(crate) use self::{
    name::{key, next_free},
    resolve::UnknownSchema,
};
use super::visit::{each_reference, references};

/// Prefix of a reference to a schema.
const PREFIX: &str = "#/components/schemas/";

/// Function that adds the schemas to which a type refers: `T::schemas`.
type Collect = fn(&mut Vec<(String, RefOr<Schema>)>);

/// All types that operations use.
///
/// utoipa refers to a schema by the last name of its type, which several types may share. So each type is a
/// scope for the names in its description, and references from operations name the scope as well, until
/// [`resolve`](Self::resolve) gives each schema a unique name.
#[derive(Default)]
pub(crate) struct Schemas {
    scopes: Vec<Scope>,
}

/// Type that an operation uses directly.
struct Scope {
    ty: &'static str,
    /// Name of its schema; `None` for a primitive or a container.
    name: Option<String>,
    schema: RefOr<Schema>,
    collect: Collect,
}

impl Schemas {
    /// Returns a reference to the schema of `T`, and adds the schema and all schemas that it refers to. For
    /// a primitive or a container, returns the schema itself.
    pub(super) fn of<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let (ty, mut schema) = (type_name::<T>(), T::schema());
        let parsed = Name::of(ty);
        let name = (parsed.is_own() && matches!(schema, RefOr::T(_))).then(|| parsed.named(&T::name()));
        if name.is_none() && references(&mut schema).is_empty() {
            return schema;
        }
        let known = self.scopes.iter().position(|scope| scope.ty == ty && scope.schema == schema);
        let scope = known.unwrap_or_else(|| {
            self.scopes.push(Scope { ty, name: name.clone(), schema: schema.clone(), collect: T::schemas });
            self.scopes.len() - 1
        });
        match name {
            Some(name) => Ref::from_schema_name(format!("{scope}~{name}")).into(),
            None => {
                each_reference(&mut schema, &mut |reference| {
                    if let RefOr::Ref(reference) = reference
                        && let Some(name) = reference.ref_location.strip_prefix(PREFIX)
                    {
                        reference.ref_location = format!("{PREFIX}{scope}~{name}");
                    }
                });
                schema
            }
        }
    }
}
