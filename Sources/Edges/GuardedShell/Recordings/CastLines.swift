/// Cuts a recording that comes in pieces into its events.
package struct CastLines: Sendable {
    private var rest: [UInt8] = []

    /// Makes one for a recording's beginning.
    package init() {}

    /// Takes a piece, and gives the events that are whole by now.
    package mutating func receive(_ piece: some Sequence<UInt8>) -> [CastEvent] {
        rest.append(contentsOf: piece)
        guard let end = rest.lastIndex(of: 0x0A) else { return [] }
        defer { rest.removeFirst(end + 1) }
        return rest[...end].split(separator: 0x0A).compactMap { CastEvent($0) }
    }
}
