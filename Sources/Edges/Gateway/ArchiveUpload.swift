import Compression
import Crypto
import EngineAPI

/// An archive on its way to the engine, plain or compressed: what came, and what is made of it.
///
/// A compressed one is worked on by a thread beside the connection's loop, one piece at a time.
// The connection hands it to a thread, and does not touch it until the thread is done.
final class ArchiveUpload: @unchecked Sendable {  // one owner at a time
    private enum Form {
        case unknown
        case plain
        case compressed(Decompressor)
    }

    private var judge: ArchiveJudge
    private let limits: Decompressor.Limits
    private var given = 0
    private var form = Form.unknown
    private var pending: ArraySlice<UInt8> = []
    private var isWhole = false

    /// The most bytes that one step makes: what the engine's connection is given at a time.
    private static let stepBytes = 256 << 10

    init(_ judge: ArchiveJudge, _ limits: Decompressor.Limits) {
        self.judge = judge
        self.limits = limits
    }

    /// True when enough is waiting: what comes in is bounded by what goes out.
    var isFull: Bool { pending.count >= Self.stepBytes }

    /// True when a step costs more than passing bytes on.
    var isCostly: Bool {
        if case .compressed = form { true } else { false }
    }

    /// Adds bytes that came.
    func add(_ bytes: [UInt8], isWhole: Bool) {
        if pending.isEmpty { pending = bytes[...] } else { pending += bytes }
        self.isWhole = isWhole
    }

    /// What a step has made.
    enum Step: Sendable {
        /// These bytes are to be sent on, and another step makes more.
        case output([UInt8])
        /// Nothing more can be made of what has come.
        case needsMore
        /// Everything has come and was judged.
        case ended(ArchiveContents)
        /// The archive is refused.
        case refused(BodyRefusal)
    }

    /// Makes the next piece.
    func step() -> Step {
        do throws(BodyRefusal) {
            return try work()
        } catch {
            return .refused(error)
        }
    }

    private func work() throws(BodyRefusal) -> Step {
        if case .unknown = form {
            switch Sniff(pending, isWhole: isWhole) {
            case .needsMore: return .needsMore
            case .plain: form = .plain
            case .compressed(let format):
                form = .compressed(
                    try reading { () throws(CompressionFailure) in
                        try Decompressor(format, limits: limits)
                    })
            }
        }
        var made: [UInt8] = []
        switch form {
        case .unknown, .plain:
            made = Array(pending.prefix(Self.stepBytes))
            pending = pending.dropFirst(Self.stepBytes)
        case .compressed(let decompressor):
            made = try reading { () throws(CompressionFailure) in
                try decompressor.decompress(&pending, maximumOutput: Self.stepBytes)
            }
        }
        guard made.isEmpty else {
            given += made.count
            if given > limits.total {
                try reading { () throws(CompressionFailure) in
                    throw CompressionFailure.tooLarge(limit: limits.total)
                }
            }
            var output: [UInt8] = []
            output.reserveCapacity(made.count + 1024)
            try judge.receive(made[...], appendingTo: &output)
            return .output(output)
        }
        guard isWhole, pending.isEmpty else { return .needsMore }
        if case .compressed(let decompressor) = form {
            try reading { () throws(CompressionFailure) in try decompressor.inputEnded() }
        }
        return .ended(
            try judge.inputEnded { bytes in
                SHA256.hash(data: bytes).map { byte in
                    String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
                }.joined()
            })
    }

    private func reading<Value>(
        _ body: () throws(CompressionFailure) -> Value
    ) throws(BodyRefusal) -> Value {
        do {
            return try body()
        } catch {
            throw BodyRefusal(compression: error.sentence, rule: error.rule)
        }
    }

    /// The archive's last bytes.
    func finish(adding files: [(name: String, content: [UInt8])]) -> [UInt8] {
        judge.finish(adding: files)
    }
}
