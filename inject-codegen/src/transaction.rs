//! `#[transaction(..)]` on an endpoint or a container, whose attribute reads it.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote};
use syn::{
    Attribute, Expr, Ident, Item, LitInt, Token, Type,
    ext::IdentExt as _,
    parse::{Parse, ParseStream, Parser as _},
};

use crate::{
    attributes::{self, arguments, is_called, is_same},
    endpoint::{KEEP_IMPORT_USED, is_endpoint},
    errors::{Errors, did_you_mean},
    names,
    spans::respan_path,
};

/// Name of the attribute after it was moved below that of the endpoint or the container.
pub(crate) const REORDERED: &str = "__transaction";

const LEVEL_USAGE: &str = "#[transaction(Tx<Postgres>, isolation = Serializable)]";

/// The highest number of retries.
const MOST_RETRIES: u8 = 100;

/// Expands `#[transaction(..)]` where rustc expands it: above the attribute that reads it, or on another item.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    if args.to_string() == KEEP_IMPORT_USED {
        return TokenStream::new();
    }
    let mut errors = Errors::default();
    let mut parsed = match syn::parse2::<Item>(item.clone()) {
        Ok(parsed) => parsed,
        Err(error) => {
            errors.push(error);
            return errors.append_to(attributes::strip(item));
        }
    };
    let owner = match &mut parsed {
        Item::Fn(function) => take_owner(&mut function.attrs, is_endpoint),
        Item::Struct(container) => {
            take_owner(&mut container.attrs, |attribute| is_called(attribute, "container"))
        }
        _ => None,
    };
    if let Some(owner) = owner {
        // Its attribute comes first and reads this one.
        let reordered = format_ident!("{REORDERED}");
        let arguments = Group::new(Delimiter::Parenthesis, args);
        return quote!(#owner #[#reordered #arguments] #parsed);
    }
    errors.at_call_site(
        "`#[transaction]` goes on an endpoint, with `#[post(..)]` or another method, or on a container, with `#[container]` [inject/transaction]",
    );
    errors.append_to(parsed)
}

fn take_owner(attributes: &mut Vec<Attribute>, is_owner: impl Fn(&Attribute) -> bool) -> Option<Attribute> {
    let position = attributes.iter().position(is_owner)?;
    Some(attributes.remove(position))
}

/// Takes the attributes off an item.
pub(crate) fn take(attributes: &mut Vec<Attribute>) -> Vec<Attribute> {
    let (taken, others) = attributes
        .drain(..)
        .partition(|attribute| is_called(attribute, "transaction") || is_called(attribute, REORDERED));
    *attributes = others;
    taken
}

/// Settings of transactions: of an endpoint, or the defaults of a container.
#[derive(Default)]
pub(crate) struct Settings {
    /// The arguments as messages and tables show them.
    text: Vec<String>,
    levels: Vec<Level>,
    /// Whether the request is expected to write.
    writes: Option<bool>,
    retry: Option<LitInt>,
    rollback_if: Option<Expr>,
}

/// Isolation level of one transaction.
struct Level {
    /// Type of a handle, which names the transaction.
    handle: Type,
    level: Type,
}

/// One argument of the attribute.
enum Argument {
    Handle(Type),
    Isolation(Ident, Type),
    Writes(Ident),
    Reads(Ident),
    Retry(Ident, LitInt),
    RollbackIf(Ident, Expr),
}

impl Settings {
    /// Reads the attributes of an endpoint.
    pub(crate) fn of_endpoint(attributes: &[Attribute], errors: &mut Errors) -> Option<Self> {
        let mut settings = Self::default();
        for attribute in attributes {
            let Some(tokens) = arguments(attribute, "#[transaction(retry = 3)]", errors) else { continue };
            settings.read(tokens, errors);
        }
        (!attributes.is_empty()).then_some(settings)
    }

    /// Reads the attributes of a container, which set levels only.
    pub(crate) fn of_container(attributes: &[Attribute], errors: &mut Errors) -> Option<Self> {
        let mut settings = Self::default();
        for attribute in attributes {
            let Some(tokens) = arguments(attribute, LEVEL_USAGE, errors) else { continue };
            for key in settings.read(tokens, errors) {
                errors.at(
                    &key,
                    format_args!(
                        "`{key}` is set at an endpoint: a container has the levels of its transactions, `{LEVEL_USAGE}` [inject/transaction]"
                    ),
                );
            }
        }
        (!attributes.is_empty()).then_some(settings)
    }

    /// Reads the arguments of one attribute. Returns the keys that an endpoint alone may have.
    fn read(&mut self, tokens: TokenStream, errors: &mut Errors) -> Vec<Ident> {
        let Some(arguments) = errors.take(Arguments::parse.parse2(tokens)) else { return Vec::new() };
        let Arguments { arguments, mistakes } = arguments;
        let has_mistakes = !mistakes.is_empty();
        for mistake in mistakes {
            errors.push(mistake);
        }
        let (mut handle, mut isolation, mut keys) = (None, None, Vec::new());
        for argument in arguments {
            self.text.push(argument.text());
            match argument {
                Argument::Handle(ty) => handle = Some(ty),
                Argument::Isolation(key, level) => match isolation {
                    None => isolation = Some((key, level)),
                    Some(_) => report_twice(&key, errors),
                },
                Argument::Writes(key) => {
                    self.set_writes(true, &key, errors);
                    keys.push(key);
                }
                Argument::Reads(key) => {
                    self.set_writes(false, &key, errors);
                    keys.push(key);
                }
                Argument::Retry(key, times) => {
                    match self.retry {
                        None => self.retry = Some(times),
                        Some(_) => report_twice(&key, errors),
                    }
                    keys.push(key);
                }
                Argument::RollbackIf(key, rule) => {
                    match self.rollback_if {
                        None => self.rollback_if = Some(rule),
                        Some(_) => report_twice(&key, errors),
                    }
                    keys.push(key);
                }
            }
        }
        match (handle, isolation) {
            (Some(handle), Some((_, level))) => self.add_level(Level { handle, level }, errors),
            (Some(handle), None) if !has_mistakes => errors.at(
                &handle,
                format_args!(
                    "`{}` names a transaction for its level: add `isolation = ..`, or leave it out; the other settings are those of the endpoint [inject/transaction]",
                    names::display_type(&handle)
                ),
            ),
            (None, Some((key, _))) if !has_mistakes => errors.at(
                key,
                format_args!(
                    "a level is one of a database: name the transaction first, by the type of a handle, `{LEVEL_USAGE}` [inject/transaction]"
                ),
            ),
            _ => {}
        }
        keys
    }

    fn set_writes(&mut self, writes: bool, key: &Ident, errors: &mut Errors) {
        match self.writes {
            None => self.writes = Some(writes),
            Some(before) if before == writes => report_twice(key, errors),
            Some(_) => {
                errors.at(key, "`writes` and `reads` contradict each other: keep one [inject/transaction]");
            }
        }
    }

    fn add_level(&mut self, level: Level, errors: &mut Errors) {
        if self.levels.iter().any(|other| is_same(&other.handle, &level.handle)) {
            let handle = names::display_type(&level.handle);
            errors.at(
                &level.handle,
                format_args!("the level of `{handle}` is set twice: keep one [inject/transaction]"),
            );
        } else {
            self.levels.push(level);
        }
    }

    /// Returns whether the endpoint may be run several times.
    pub(crate) fn is_repeated(&self) -> bool {
        self.retry.is_some()
    }

    /// The constant of an endpoint.
    pub(crate) fn constant(&self) -> TokenStream {
        let Self { text, levels, writes, retry, rollback_if } = self;
        let (text, all_levels) = (text.join(", "), self.levels());
        let rule = rollback_if.as_ref().map(|rule| {
            quote! {
                const __RULE: fn(__rt::StatusCode) -> ::core::primitive::bool = #rule;
            }
        });
        let optional = [
            writes.map(|writes| quote!(writes: ::core::option::Option::Some(#writes),)),
            (!levels.is_empty()).then(|| quote!(levels: #all_levels,)),
            retry.as_ref().map(|retry| quote!(retry: #retry,)),
            rule.as_ref().map(|_| quote!(rollback_if: ::core::option::Option::Some(__RULE),)),
        ];
        // With all fields, clippy reports a base as needless.
        let others = optional.iter().any(Option::is_none).then(|| quote!(..__rt::TransactionSpec::NONE));
        let fields = optional.iter().flatten();
        let settings = quote!(&__rt::TransactionSpec { text: #text, #(#fields)* #others });
        let settings = if rule.is_some() { quote!({ #rule #settings }) } else { settings };
        quote!(const TRANSACTION: &'static __rt::TransactionSpec = #settings;)
    }

    /// The constant of a container.
    pub(crate) fn default_levels(&self) -> TokenStream {
        let levels = self.levels();
        quote!(const TRANSACTIONS: &'static [__rt::TransactionLevel] = #levels;)
    }

    fn levels(&self) -> TokenStream {
        let levels = self.levels.iter().map(Level::value);
        quote!(&[#(#levels),*])
    }
}

impl Level {
    /// Returns the value. If the type is not a handle, the type with the proof is erroneous, and rustc reports nothing of the level.
    fn value(&self) -> TokenStream {
        let Self { handle, level } = self;
        let trait_name = respan_path(level, quote!(__rt::LevelOf));
        quote! {{
            const PROVEN: ::core::primitive::bool = {
                _ = <#handle as __rt::TransactionHandle>::UNIT;
                true
            };
            <#level as #trait_name<#handle, __rt::Proven<PROVEN>>>::LEVEL
        }}
    }
}

fn report_twice(key: &Ident, errors: &mut Errors) {
    errors.at(key, format_args!("`{key}` is given twice in `#[transaction(..)]` [inject/shape]"));
}

impl Argument {
    fn text(&self) -> String {
        match self {
            Self::Handle(ty) => names::display_type(ty),
            Self::Isolation(key, ty) => format!("{key} = {}", names::display_type(ty)),
            Self::Writes(key) | Self::Reads(key) => key.to_string(),
            Self::Retry(key, times) => format!("{key} = {times}"),
            Self::RollbackIf(key, rule) => format!("{key} = {}", names::display_type(rule)),
        }
    }
}

/// Arguments that could be read, and the mistakes in the others.
struct Arguments {
    arguments: Vec<Argument>,
    mistakes: Vec<syn::Error>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (mut arguments, mut mistakes) = (Vec::new(), Vec::new());
        let mut is_first = true;
        while !input.is_empty() {
            match read_argument(input, is_first) {
                Ok(argument) => arguments.push(argument),
                Err(mistake) => {
                    mistakes.push(mistake);
                    while !input.is_empty() && !input.peek(Token![,]) {
                        input.parse::<TokenTree>()?;
                    }
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
            is_first = false;
        }
        Ok(Self { arguments, mistakes })
    }
}

fn read_argument(input: ParseStream<'_>, is_first: bool) -> syn::Result<Argument> {
    const KEYS: [&str; 5] = ["isolation", "writes", "reads", "retry", "rollback_if"];
    let has_end = |input: ParseStream<'_>| input.is_empty() || input.peek(Token![,]);
    let ahead = input.fork();
    let key = ahead.call(Ident::parse_any).ok().filter(|_| ahead.peek(Token![=]) || has_end(&ahead));
    let Some(key) = key.filter(|key| !is_first || is_key(key, ahead.peek(Token![=]))) else {
        return read_handle(input, is_first);
    };
    input.call(Ident::parse_any)?;
    let name = key.to_string();
    if !KEYS.contains(&name.as_str()) {
        let nearest = did_you_mean(&name, &KEYS);
        let message = format!("unknown key `{name}` in `#[transaction(..)]`{nearest} [inject/shape]");
        return Err(syn::Error::new(key.span(), message));
    }
    let has_value = input.parse::<Option<Token![=]>>()?.is_some();
    let usage = match name.as_str() {
        "writes" | "reads" if has_value => {
            return Err(syn::Error::new(key.span(), format!("`{name}` takes no value [inject/shape]")));
        }
        "writes" => return Ok(Argument::Writes(key)),
        "reads" => return Ok(Argument::Reads(key)),
        "isolation" => "expected a level, as in `isolation = Serializable`",
        "retry" => "expected a number of further attempts, from 1 to 100, as in `retry = 3`",
        _ => "expected a function from a status to `bool`, as in `rollback_if = is_undone`",
    };
    let mistake = |tokens: TokenStream| {
        let tokens = if tokens.is_empty() { key.to_token_stream() } else { tokens };
        syn::Error::new_spanned(tokens, format!("{usage} [inject/shape]"))
    };
    if !has_value || has_end(input) {
        return Err(mistake(TokenStream::new()));
    }
    let value = rest_of_argument(input)?;
    let argument = match name.as_str() {
        "isolation" => input.parse().map(|level| Argument::Isolation(key.clone(), level)).ok(),
        "retry" => {
            let times = input.parse::<LitInt>().ok().filter(is_retries);
            times.map(|times| Argument::Retry(key.clone(), times))
        }
        _ => {
            let rule = input.parse().ok().filter(|rule| matches!(rule, Expr::Path(_) | Expr::Closure(_)));
            rule.map(|rule| Argument::RollbackIf(key.clone(), rule))
        }
    };
    argument.filter(|_| has_end(input)).ok_or_else(|| mistake(value))
}

fn is_retries(times: &LitInt) -> bool {
    let is_in_range = |times: u8| (1..=MOST_RETRIES).contains(&times);
    times.suffix().is_empty() && times.base10_parse().is_ok_and(is_in_range)
}

/// Returns whether the first argument is a key, and not the alias of a handle.
fn is_key(name: &Ident, has_value: bool) -> bool {
    has_value || name.to_string().starts_with(|first: char| !first.is_uppercase())
}

fn read_handle(input: ParseStream<'_>, is_first: bool) -> syn::Result<Argument> {
    let tokens = rest_of_argument(input)?;
    let handle = input.parse().ok().filter(|ty| matches!(ty, Type::Path(_) | Type::Group(_)));
    match handle.filter(|_| input.is_empty() || input.peek(Token![,])) {
        Some(handle) if is_first => Ok(Argument::Handle(handle)),
        Some(_) => Err(syn::Error::new_spanned(
            tokens,
            "the handle that names the transaction is the first argument; another transaction has an attribute of its own [inject/transaction]",
        )),
        None => Err(syn::Error::new_spanned(
            tokens,
            format!(
                "expected a setting, as in `#[transaction(retry = 3)]` or `{LEVEL_USAGE}` [inject/shape]"
            ),
        )),
    }
}

/// Returns the tokens up to the next comma, which stay in the input.
fn rest_of_argument(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let ahead = input.fork();
    let mut tokens = TokenStream::new();
    while !ahead.is_empty() && !ahead.peek(Token![,]) {
        tokens.extend([ahead.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}
