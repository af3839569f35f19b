import EngineAPI

/// Events that have come and were not judged yet. Confined to its connection's loop.
final class EventStream {
    /// Whose events are shown.
    let tenant: String
    /// Decoded bytes of which no whole line was taken.
    var bytes: [UInt8] = []
    /// True while the engine is asked whose an object is.
    var isAsking = false

    /// The most bytes of one event: its attributes are the labels of an object.
    static let longest = 4 << 20

    init(_ tenant: String) {
        self.tenant = tenant
    }

    /// Takes the next whole line, with its end; nil when there is none.
    func nextLine() -> [UInt8]? {
        guard let end = bytes.firstIndex(of: 0x0A) else { return nil }
        let line = Array(bytes[...end])
        bytes.removeFirst(end + 1)
        return line
    }
}
