/// Finds out while an object is read whether a name stands twice.
///
/// In what clients send, names that are canonically equivalent count as the same: no part of the
/// gateway takes one for the other then. In what engines answer only the same bytes do. Most objects
/// have a few names, which are looked through; a set is made only where looking would take long.
struct DistinctNames {
    /// True when names are the same that are the same bytes.
    let bytewise: Bool
    /// One bit for each kind of name that has been seen.
    private var seen = InlineArray<4, UInt64>(repeating: 0)
    /// All names, once there is one that is more than ASCII or there are many.
    private var all: Set<String> = []
    /// The same when they are compared by their bytes.
    private var spelled: Set<[UInt8]> = []

    /// The most names that are looked through: whoever chooses names of one kind makes every name be
    /// compared with every other.
    private static let few = 96

    /// Begins an object.
    init(bytewise: Bool) {
        self.bytewise = bytewise
    }

    /// Notes a name.
    ///
    /// - Parameters:
    ///   - name: The name of the next member.
    ///   - kind: Its kind; nil for a name that may hold more than ASCII. Such a name may be
    ///     equivalent to one of other bytes, and comparing them costs more the longer they are.
    ///   - members: The members before it.
    /// - Returns: False when one of them has the name.
    mutating func insert(
        _ name: String, kind: Int?, behind members: [JSONObject.Member]
    ) -> Bool {
        guard let kind, all.isEmpty, spelled.isEmpty, members.count < Self.few else {
            if bytewise {
                if spelled.isEmpty { spelled = Set(members.lazy.map { Array($0.name.utf8) }) }
                return spelled.insert(Array(name.utf8)).inserted
            }
            if all.isEmpty { all = Set(members.lazy.map(\.name)) }
            return all.insert(name).inserted
        }
        if isNew(kind) { return true }
        for index in members.indices where members[index].name == name { return false }
        return true
    }

    /// Notes a kind; false when a name before it may be the same.
    private mutating func isNew(_ kind: Int) -> Bool {
        let bit: UInt64 = 1 << (kind & 63)
        defer { seen[kind >> 6] |= bit }
        return seen[kind >> 6] & bit == 0
    }

    /// A number below 256 made of an ASCII name's length, first and last byte.
    static func kind(_ text: Span<UInt8>, _ name: Range<Int>) -> Int {
        if name.isEmpty { return 0 }
        let ends = Int(text[name.lowerBound]) &* 61 &+ Int(text[name.upperBound - 1]) &* 7
        return (ends &+ name.count) & 255
    }
}
