package import AgentMessages
import JSON

/// What the agent tells its helper, on the pipe that the helper reads: four bytes for the length of a
/// text in JSON, the text, four for the number of filters, and each filter's flags, length and bytes.
package enum HelperOrder: Hashable, Sendable {
    /// Start a program in a container.
    case enter(EnterOrder)
    /// Answer from outside.
    case look(LookOrder)

    /// The most bytes of the text.
    package static let mostBytes = 1 << 20

    /// The order as it is written.
    package var bytes: [UInt8] {
        let kind: String
        var members: JSONObject
        var filters: [SeccompFilter] = []
        switch self {
        case .enter(let order):
            (kind, members, filters) = ("enter", order.members, order.filters)
        case .look(let order): (kind, members) = ("look", order.members)
        }
        members["kind"] = .string(kind)
        let text = JSONWriter.bytes(.object(members))
        var bytes = Self.word(UInt32(text.count)) + text + Self.word(UInt32(filters.count))
        for filter in filters {
            bytes += Self.word(filter.flags) + Self.word(UInt32(filter.instructions.count))
            bytes += filter.instructions
        }
        return bytes
    }

    /// Reads an order.
    ///
    /// - Parameter take: Gives exactly so many more bytes, or nil.
    /// - Throws: `MessageFailure` for anything else than an order.
    package init(_ take: (Int) -> [UInt8]?) throws(MessageFailure) {
        let count = try Self.number(take, atMost: Self.mostBytes)
        guard let text = take(count) else { throw MessageFailure("the order ends too early") }
        var filters: [SeccompFilter] = []
        for _ in 0..<(try Self.number(take, atMost: 64)) {
            let flags = try Self.number(take, atMost: Int(UInt32.max))
            let count = try Self.number(take, atMost: SeccompFilter.mostInstructions * 8)
            guard let bytes = take(count), let filter = SeccompFilter(bytes, flags: UInt32(flags))
            else { throw MessageFailure("a filter of the order is wrong") }
            filters.append(filter)
        }
        var order = try ClosedObject(text, "the order")
        switch try order.take("kind", \.string) {
        case "enter": self = .enter(try EnterOrder(&order, filters))
        case "look" where filters.isEmpty: self = .look(try LookOrder(&order))
        default: throw MessageFailure("the order is of no known kind")
        }
        try order.end()
    }

    private static func word(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
    }

    private static func number(
        _ take: (Int) -> [UInt8]?, atMost most: Int
    ) throws(MessageFailure) -> Int {
        guard let bytes = take(4) else { throw MessageFailure("the order ends too early") }
        let number = bytes.reduce(0) { $0 << 8 | Int($1) }
        guard number <= most else { throw MessageFailure("the order is too long") }
        return number
    }
}
