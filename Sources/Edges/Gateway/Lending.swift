package import NIOCore

/// How long a push or a save may keep a name of the engine's from everybody else.
package struct Lending: Hashable, Sendable {
    private var began: NIODeadline?
    private var moved: NIODeadline?
    private var taken: Int64 = 0

    /// Seconds that a client may take nothing of what is here for it.
    package static let patience: Int64 = 60
    /// Seconds in all.
    package static let most: Int64 = 7200

    /// Nothing is lent yet.
    package init() {}

    /// Looks at how it goes on.
    ///
    /// - Parameters:
    ///   - now: When.
    ///   - isTaking: True when nothing waits for the client.
    ///   - bytes: What was written for the client so far.
    /// - Returns: Why it has to end; nil while it may go on.
    package mutating func objection(
        at now: NIODeadline, isTaking: Bool, taken bytes: Int64
    ) -> String? {
        let start = began ?? now
        began = start
        if isTaking || moved == nil || bytes != taken { moved = now }
        taken = bytes
        if now - start >= .seconds(Self.most) {
            return "the push or save has kept a name of the engine's for \(Self.most / 3600) hours"
        }
        if let moved, now - moved >= .seconds(Self.patience) {
            return "the client has read nothing for \(Self.patience) seconds, and others wait for "
                + "the name of the image"
        }
        return nil
    }
}
