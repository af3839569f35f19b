/// What an approval is for: this, nothing less and nothing else.
package struct ApprovalSubject: Hashable, Sendable {
    /// How much is approved.
    package enum Extent: Hashable, Sendable {
        /// One line of these words, once.
        case line([String])
        /// A session that ends after so many seconds.
        case session(seconds: Int64)
    }

    /// The container's full id.
    package let container: String
    /// When the container started, in ticks since its host did: another start is another container.
    package let start: UInt64
    /// The role by which lines are judged; those of a session with `+` between them.
    package let role: String
    /// The user that lines run as, inside the container.
    package let user: UInt32
    /// That user's first group.
    package let group: UInt32
    /// How much.
    package let extent: Extent
    /// Why, as whoever approves reads it; "" when nothing is said. Who approves what is to be done for one
    /// reason has not approved it for another.
    package let reason: String

    /// Makes a subject.
    package init(
        container: String, start: UInt64, role: String, user: UInt32, group: UInt32, extent: Extent,
        reason: String
    ) {
        self.container = container
        self.start = start
        self.role = role
        self.user = user
        self.group = group
        self.extent = extent
        self.reason = reason
    }

    /// The bytes whose SHA-256 is approved. Each part has its length before it, in eight bytes, the
    /// most significant first, so no two subjects have the same bytes: which form this is; `line` or
    /// `session`; container; start; role; `user:group`; the reason; then each word, or the
    /// seconds.
    package var canonical: [UInt8] {
        var bytes: [UInt8] = []
        func add(_ part: String) {
            let length = UInt64(part.utf8.count)
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: length >> shift))
            }
            bytes.append(contentsOf: part.utf8)
        }
        add("quaymaster approval 2")
        let (kind, rest): (String, [String]) =
            switch extent {
            case .line(let words): ("line", words)
            case .session(let seconds): ("session", ["\(seconds)"])
            }
        let all = [kind, container, "\(start)", role, "\(user):\(group)", reason] + rest
        for part in all { add(part) }
        return bytes
    }
}
