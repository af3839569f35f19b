import Foundation

/// Why the record could not be opened, written or read.
package struct LedgerError: Error, CustomStringConvertible, Sendable {
    /// What failed, with the system's reason.
    package let description: String
    /// True when the disk is full; the next attempt may do.
    package let isFull: Bool

    init(_ description: String, isFull: Bool = false) {
        self.description = description
        self.isFull = isFull
    }

    /// A call of the system's that failed.
    init(_ what: String, _ path: String, _ number: Int32 = errno) {
        description = "cannot \(what) \(path): \(String(cString: strerror(number)))"
        isFull = number == ENOSPC || number == EDQUOT
    }
}
