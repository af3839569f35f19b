/// What waits for a second person, and what one has approved: each once, for five minutes.
///
/// A value: time comes in as nanoseconds of a clock that never jumps, and who may approve as an answer.
package struct ApprovalDesk: Sendable {
    /// How long a request waits, and how long an approval may be used, in nanoseconds.
    package static let lifetime: Int64 = 300_000_000_000
    /// How many requests one identity may have.
    package static let mostOfOne = 16

    /// Something that somebody wants to do.
    package struct Request: Hashable, Sendable {
        /// What a person calls it by.
        package let id: String
        /// The SHA-256 of `ApprovalSubject.canonical`, in hexadecimal digits.
        package let digest: String
        /// Who asks.
        package let identity: String
        /// Whose container it is; "" for one that is the administrators'.
        package let tenant: String
        /// The container's full id.
        package let container: String
        /// What the person calls the container.
        package let name: String
        /// The role.
        package let role: String
        /// What would be done, as a person reads it, secrets masked.
        package let words: String
        /// Why; "" when nothing is said.
        package let reason: String

        /// Makes a request.
        package init(
            id: String, digest: String, identity: String, tenant: String, container: String,
            name: String, role: String, words: String, reason: String
        ) {
            self.id = id
            self.digest = digest
            self.identity = identity
            self.tenant = tenant
            self.container = container
            self.name = name
            self.role = role
            self.words = words
            self.reason = reason
        }
    }

    /// What becomes of a request.
    package enum Asked: Hashable, Sendable {
        /// It waits under this id: its own, or that of the same request made before.
        case waits(String)
        /// It was approved before, under this id, and not used yet.
        case isApproved(String)
        /// The identity has too many already.
        case isFull
    }

    /// Why somebody does not decide about a request.
    package enum Objection: Error, Hashable, Sendable {
        /// There is none, or whoever decides may not know of it.
        case unknown
        /// It is one's own.
        case oneself
        /// Somebody has decided before.
        case isDecided
    }

    private struct Entry {
        let request: Request
        /// When it was made, or approved: its lifetime begins there.
        var since: Int64
        /// Who has approved it; nil while nobody has.
        var approver: String?
    }
    private var entries: [Entry] = []

    /// Makes a desk on which nothing lies.
    package init() {}

    /// Somebody wants to do something.
    ///
    /// - Parameters:
    ///   - request: What; its id is not in use.
    ///   - now: The time.
    /// - Returns: What becomes of it.
    package mutating func ask(_ request: Request, at now: Int64) -> Asked {
        let living = entries.filter { Self.lives($0, at: now) }
        let same = living.first {
            $0.request.identity == request.identity && $0.request.digest == request.digest
        }
        if let same {
            return same.approver == nil ? .waits(same.request.id) : .isApproved(same.request.id)
        }
        guard living.count(where: { $0.request.identity == request.identity }) < Self.mostOfOne
        else { return .isFull }
        entries.append(Entry(request: request, since: now))
        return .waits(request.id)
    }

    /// Somebody decides about a request.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - approves: False to deny it.
    ///   - approver: Who decides.
    ///   - mayApprove: Whether whoever decides may approve for that tenant.
    ///   - now: The time.
    /// - Returns: The request. One that is denied is gone.
    /// - Throws: `Objection`; nothing is changed then.
    package mutating func decide(
        _ id: String, approves: Bool, by approver: String, mayApprove: (Request) -> Bool,
        at now: Int64
    ) throws(Objection) -> Request {
        let index = try place(of: id, for: approver, mayApprove, at: now)
        let request = entries[index].request
        if approves {
            entries[index].approver = approver
            entries[index].since = now
        } else {
            entries.remove(at: index)
        }
        return request
    }

    /// Why somebody would not decide about a request; nothing is changed.
    package func objection(
        _ id: String, by approver: String, mayApprove: (Request) -> Bool, at now: Int64
    ) -> Objection? {
        do throws(Objection) {
            _ = try place(of: id, for: approver, mayApprove, at: now)
            return nil
        } catch {
            return error
        }
    }

    private func place(
        of id: String, for approver: String, _ mayApprove: (Request) -> Bool, at now: Int64
    ) throws(Objection) -> Int {
        guard let index = entries.firstIndex(where: { $0.request.id == id }),
            Self.lives(entries[index], at: now)
        else { throw .unknown }
        // Another certificate is the same identity.
        guard entries[index].request.identity != approver else { throw .oneself }
        guard mayApprove(entries[index].request) else { throw .unknown }
        guard entries[index].approver == nil else { throw .isDecided }
        return index
    }

    /// What was approved is done: no more than once, and only exactly it.
    ///
    /// - Parameters:
    ///   - id: The request.
    ///   - digest: What is about to be done.
    ///   - identity: Who is about to do it.
    ///   - mayApprove: Whether somebody may still approve for the request's tenant.
    ///   - now: The time.
    /// - Returns: Who has approved it; nil when nobody has, or it counts no more. The request is gone in
    ///   any case, unless it still waits.
    package mutating func use(
        _ id: String, _ digest: String, by identity: String,
        mayApprove: (String, Request) -> Bool, at now: Int64
    ) -> String? {
        guard
            let index = entries.firstIndex(where: {
                $0.request.id == id && $0.request.identity == identity && $0.approver != nil
            })
        else { return nil }
        let entry = entries.remove(at: index)
        guard Self.lives(entry, at: now), entry.request.digest == digest,
            let approver = entry.approver, approver != identity,
            mayApprove(approver, entry.request)
        else { return nil }
        return approver
    }

    /// Takes out what counts no more.
    ///
    /// - Returns: The requests, with who had approved them.
    package mutating func expire(at now: Int64) -> [(request: Request, approver: String?)] {
        let gone = entries.filter { !Self.lives($0, at: now) }
        entries.removeAll { !Self.lives($0, at: now) }
        return gone.map { ($0.request, $0.approver) }
    }

    /// A request; nil when there is none.
    package func request(_ id: String, at now: Int64) -> Request? {
        entries.first { $0.request.id == id && Self.lives($0, at: now) }?.request
    }

    /// What waits, the oldest first, with the seconds that it still does.
    package func waiting(at now: Int64) -> [(request: Request, seconds: Int64)] {
        entries.filter { $0.approver == nil && Self.lives($0, at: now) }
            .map { ($0.request, (Self.lifetime - (now - $0.since)) / 1_000_000_000) }
    }

    private static func lives(_ entry: Entry, at now: Int64) -> Bool {
        now - entry.since < lifetime
    }
}
