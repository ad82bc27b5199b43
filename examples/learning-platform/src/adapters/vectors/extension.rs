//! The SQLite extension `sqlite-vec`: the only `unsafe` code of the application.
//!
//! There is no safe way to it. `sqlx` loads extensions from shared libraries only, by a method that is `unsafe` as well and would add a file to
//! what is deployed; `sqlite-vec` gives its entry point as a C function.

#![expect(unsafe_code, reason = "SQLite takes an extension that is linked in through a C function")]

use std::{
    ffi::{c_char, c_int},
    sync::LazyLock,
};

use libsqlite3_sys::{SQLITE_OK, sqlite3, sqlite3_api_routines, sqlite3_auto_extension};
// Links the library that has `sqlite3_vec_init` in it.
use sqlite_vec as _;

unsafe extern "C" {
    /// The entry point, as `sqlite-vec.h` declares it. `sqlite_vec` itself declares it without parameters.
    unsafe fn sqlite3_vec_init(
        db: *mut sqlite3,
        error: *mut *mut c_char,
        api: *const sqlite3_api_routines,
    ) -> c_int;
}

/// Adds the extension to all connections that this process opens from now on. To do so again changes nothing.
///
/// # Errors
///
/// SQLite's code, when it has no memory left.
pub(super) fn register() -> Result<(), c_int> {
    static RESULT: LazyLock<c_int> = LazyLock::new(|| {
        // SAFETY: `sqlite3_auto_extension` may be called at any time and from any thread. What it is given is a function of the type that it
        // asks for, is part of this program, and so is there as long as the process is. It was compiled with `SQLITE_CORE`, so it calls the
        // SQLite that is linked here, which is the one that calls it.
        unsafe { sqlite3_auto_extension(Some(sqlite3_vec_init)) }
    });
    if *RESULT == SQLITE_OK { Ok(()) } else { Err(*RESULT) }
}
