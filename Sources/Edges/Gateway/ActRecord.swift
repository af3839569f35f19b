import Acts
import Crypto
import EngineAPI
import Exchange
import GuardedShell
import Ledger

/// What is noted of one request while it runs, and the lines that it leaves in the record.
struct ActRecord {
    let id: String
    let began: Int64
    private let clock: Int64
    private let from: String
    private let identity: String
    var policy = ""
    var status = 0
    var bytesIn: Int64 = 0
    var bytesOut: Int64 = 0
    var rule: String?
    var reason = ""
    /// What was made safe in what the act makes; "" when nothing was.
    var hardened = ""
    /// True when a refusal stands in the record already.
    var isNoted = false
    /// What runs, where an exec is made.
    var words = ""
    /// The recording of its streams.
    var tape: ExecTape?
    /// What the watch over the engine's events knows the request by.
    var watched: UInt64?
    /// What a prune has removed, once the engine has said it.
    var pruned: Set<String>?
    private var digest = ""

    init(_ ledger: Ledger, identity: String, from: String) {
        began = Timestamp.now()
        clock = Timestamp.monotonic()
        id = ledger.ids.next(at: began)
        self.identity = identity
        self.from = from
    }

    /// How long it took so far, in microseconds.
    var duration: Int64 { (Timestamp.monotonic() - clock) / 1000 }

    /// Digests the request as the engine is sent it, keyed, so that nobody guesses secrets.
    mutating func digest(_ request: EngineRequest, key: SymmetricKey) {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Array("\(request.method.rawValue) \(request.target)\n".utf8))
        if let body = request.body { code.update(data: body) }
        var text: [UInt8] = []
        text.reserveCapacity(64)
        // Bytes of a plain array: the library's own iteration is generic, and slow for each of them.
        for byte in code.finalize().withUnsafeBytes(Array.init) {
            text.append(Self.digits[Int(byte >> 4)])
            text.append(Self.digits[Int(byte & 15)])
        }
        digest = String(decoding: text, as: UTF8.self)
    }

    /// The line of a phase.
    func entry(
        _ phase: Entry.Phase, act: Act?, operation: Operation?, permit: Permit?,
        outcome: String = ""
    ) -> Entry {
        var entry = Entry(id: id, time: phase == .outcome ? Timestamp.now() : began, phase: phase)
        entry.identity = identity
        entry.from = from
        entry.tenant = permit?.tenant ?? ""
        entry.verb = act?.verbs.first?.rawValue ?? ""
        entry.operation = operation?.name ?? ""
        entry.target = act?.target ?? ""
        entry.rule = rule ?? permit?.grant?.description ?? ""
        entry.reason = reason
        if phase == .intent, !hardened.isEmpty { entry.reason = "hardened: " + hardened }
        if phase == .intent, !words.isEmpty { entry.reason = "runs: " + words }
        if phase == .intent, tape != nil { entry.reason = "recorded" }
        entry.digest = digest
        entry.policy = policy
        entry.status = status
        entry.outcome = outcome
        entry.duration = duration
        entry.bytesIn = bytesIn
        entry.bytesOut = bytesOut
        return entry
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
