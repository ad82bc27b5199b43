//! Plan of the scope of an endpoint, made with the router: which values are shared, and how often.

use std::{
    any::TypeId,
    collections::HashMap,
    hash::{Hash as _, Hasher},
    sync::{Arc, Mutex},
};

use super::{Open, Overrides, Slot, SlotIndex, Tasks};
use crate::metadata::{Asks, ComputedUsage, TransactionSpec, UnitUsage};

/// Plan of the scope of an endpoint.
///
/// The table of the shared types has open addressing and is at most a quarter full, so that a look-up is a constant
/// index and one comparison for most types. It is made once, and read by every request.
pub(crate) struct Plan {
    table: Box<[Entry]>,
    /// By slot.
    asks: Box<[Asks]>,
    /// Whether the endpoint has extractors of which nothing is known: they may ask for any type.
    is_open: bool,
    /// Whether the frame is lent to extractors that receive only the parts of the request.
    pub(super) is_lent: bool,
    pub(super) overrides: Option<Arc<Overrides>>,
    pub(super) tasks: Tasks,
    /// Units of work that the endpoint uses; `None` if they are unknown.
    #[cfg_attr(not(feature = "sqlx"), allow(dead_code, reason = "transactions read it"))]
    units: Option<Vec<(TypeId, UnitUsage)>>,
    /// Settings of the transactions.
    pub(super) transaction: &'static TransactionSpec,
    /// Principals that other scopes inherit.
    pub(super) inherited: Box<[SlotIndex]>,
    /// Scopes of ended requests, for the next ones.
    #[allow(clippy::vec_box, reason = "a frame has the box")]
    spare: Mutex<Vec<Box<Open>>>,
}

/// Use of a unit of work by an endpoint, as far as it is known.
#[derive(Clone, Copy, Default)]
#[cfg(feature = "sqlx")]
pub(crate) struct UnitPlan {
    /// Statement that begins the transaction, of the level that a handle or the endpoint requires.
    pub(crate) statement: Option<&'static str>,
    /// Whether a handle can write.
    pub(crate) can_write: bool,
}

#[derive(Clone, Copy)]
struct Entry {
    id: TypeId,
    /// `NOT_SHARED` if the entry is vacant.
    slot: SlotIndex,
}

const VACANT: Entry = Entry { id: TypeId::of::<()>(), slot: SlotIndex::NOT_SHARED };

/// Number of scopes that a plan keeps for the next requests.
const SPARE: usize = 32;

impl Plan {
    /// Makes the plan of an endpoint.
    pub(crate) fn new(usage: &ComputedUsage, overrides: Option<Arc<Overrides>>, tasks: Tasks) -> Self {
        let ComputedUsage { is_open, is_lent, ref requested_types, ref inherited, .. } = *usage;
        let (table, asks) = table(requested_types, is_open);
        let inherited = inherited.iter().filter_map(|&id| find(&table, id)).collect();
        Self {
            table,
            asks,
            is_open,
            is_lent,
            overrides,
            tasks,
            units: Some(usage.units.clone()),
            transaction: usage.transaction,
            inherited,
            spare: Mutex::default(),
        }
    }

    /// Makes a plan for values of unknown types.
    pub(crate) fn unknown(overrides: Option<Arc<Overrides>>, tasks: Tasks) -> Self {
        let (table, asks) = table(&HashMap::new(), true);
        Self {
            table,
            asks,
            is_open: true,
            is_lent: true,
            overrides,
            tasks,
            units: None,
            transaction: &TransactionSpec::NONE,
            inherited: Box::default(),
            spare: Mutex::default(),
        }
    }

    /// Makes the plan of plain handlers. They are not known to write.
    pub(crate) fn of_plain_handlers(overrides: Option<Arc<Overrides>>, tasks: Tasks) -> Self {
        Self { units: Some(Vec::new()), ..Self::unknown(overrides, tasks) }
    }

    #[cfg(feature = "sqlx")]
    pub(super) fn unit<T: 'static>(&self) -> UnitPlan {
        match &self.units {
            None => UnitPlan { statement: None, can_write: true },
            Some(units) => {
                let unit = units.iter().find(|(id, _)| *id == TypeId::of::<T>());
                unit.map_or_else(UnitPlan::default, |(_, unit)| UnitPlan {
                    statement: unit.level.as_ref().map(|level| level.statement),
                    can_write: unit.can_write,
                })
            }
        }
    }

    #[inline]
    pub(super) fn slot_of<T: 'static>(&self) -> SlotIndex {
        match find(&self.table, TypeId::of::<T>()) {
            Some(slot) => slot,
            None if self.is_open => SlotIndex::UNKNOWN,
            None => SlotIndex::NOT_SHARED,
        }
    }

    #[inline]
    pub(super) fn asks(&self, index: SlotIndex) -> Asks {
        self.asks.get(usize::from(index.0)).copied().unwrap_or(Asks::MANY)
    }

    /// Returns an empty scope.
    #[allow(clippy::unnecessary_box_returns, reason = "the box is kept for other requests")]
    pub(super) fn open(&self) -> Box<Open> {
        let spare = self.spare.try_lock().ok().and_then(|mut spare| spare.pop());
        spare.unwrap_or_else(|| {
            let slots = self.asks.iter().map(|_| Slot::default()).collect();
            Box::new(Open { slots, ..Open::default() })
        })
    }

    /// Keeps an empty scope for another request.
    pub(super) fn close(&self, open: Box<Open>) {
        if let Ok(mut spare) = self.spare.try_lock()
            && spare.len() < SPARE
        {
            spare.push(open);
        }
    }
}

/// Returns the table of the shared types, and the number of dependents of each.
fn table(types: &HashMap<TypeId, Asks>, is_open: bool) -> (Box<[Entry]>, Box<[Asks]>) {
    let shared: Vec<_> = types.iter().filter(|(_, asks)| is_open || asks.are_several()).collect();
    let mask = (4 * shared.len()).next_power_of_two() - 1;
    let mut table = vec![VACANT; mask + 1];
    let mut counts = Vec::with_capacity(shared.len());
    for (&id, &asks) in shared {
        let Ok(slot @ ..UNKNOWN_SLOT) = u16::try_from(counts.len()) else { break };
        let mut index = hash(id) & mask;
        while table[index].slot != SlotIndex::NOT_SHARED {
            index = (index + 1) & mask;
        }
        table[index] = Entry { id, slot: SlotIndex(slot) };
        counts.push(if is_open { Asks::MANY } else { asks });
    }
    (table.into(), counts.into())
}

/// Returns the slot of a type in the table.
#[inline]
fn find(table: &[Entry], id: TypeId) -> Option<SlotIndex> {
    let mask = table.len() - 1;
    let mut index = hash(id);
    while let Some(entry) = table.get(index & mask) {
        if entry.slot == SlotIndex::NOT_SHARED {
            break;
        }
        if entry.id == id {
            return Some(entry.slot);
        }
        index += 1;
    }
    None
}

const UNKNOWN_SLOT: u16 = SlotIndex::UNKNOWN.0;

/// Returns the hash that a `TypeId` already is.
#[inline]
fn hash(id: TypeId) -> usize {
    struct Identity(u64);

    impl Hasher for Identity {
        fn finish(&self) -> u64 {
            self.0
        }

        fn write(&mut self, bytes: &[u8]) {
            for byte in bytes {
                self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
            }
        }

        fn write_u64(&mut self, number: u64) {
            self.0 = number;
        }
    }

    let mut hasher = Identity(0);
    id.hash(&mut hasher);
    #[allow(clippy::cast_possible_truncation, reason = "the low bits serve as well")]
    {
        hasher.finish() as usize
    }
}
