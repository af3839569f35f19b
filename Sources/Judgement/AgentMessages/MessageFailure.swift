/// Why bytes of the other side are no message; whoever sent them is not spoken to any longer.
package struct MessageFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence.
    package let description: String

    /// Names what is wrong.
    package init(_ description: String) {
        self.description = description
    }
}
