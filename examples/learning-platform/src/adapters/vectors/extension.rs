//! Registration of the SQLite extension `sqlite-vec`. This is the only `unsafe` code of the application.
//!
//! No safe API exists. `sqlx` loads extensions only from shared libraries, by a method that is `unsafe` as well and
//! would add a file to the deployment. `sqlite-vec` exports its entry point as a C function.

#![expect(unsafe_code, reason = "SQLite registers statically linked extensions through a C function")]

use std::{
    ffi::{c_char, c_int},
    sync::LazyLock,
};

use libsqlite3_sys::{SQLITE_OK, sqlite3, sqlite3_api_routines, sqlite3_auto_extension};
// Links the library that contains `sqlite3_vec_init`.
use sqlite_vec as _;

unsafe extern "C" {
    /// Entry point, as `sqlite-vec.h` declares it. The crate `sqlite_vec` declares it without parameters.
    unsafe fn sqlite3_vec_init(
        db: *mut sqlite3,
        error: *mut *mut c_char,
        api: *const sqlite3_api_routines,
    ) -> c_int;
}

/// Registers the extension for all connections that this process opens from now on. Further calls have no effect.
///
/// # Errors
///
/// Returns the error code of SQLite if it is out of memory.
pub(super) fn register() -> Result<(), c_int> {
    static RESULT: LazyLock<c_int> = LazyLock::new(|| {
        // SAFETY: `sqlite3_auto_extension` may be called at any time and from any thread. Its argument is a function
        // of the required type that is part of this program, and therefore exists as long as the process. It was
        // compiled with `SQLITE_CORE`, so it calls the SQLite that is linked here, which is also the one that calls
        // it.
        unsafe { sqlite3_auto_extension(Some(sqlite3_vec_init)) }
    });
    if *RESULT == SQLITE_OK { Ok(()) } else { Err(*RESULT) }
}
