import EngineAPI
import NIOCore
import NIOPosix

/// An archive on its way to the engine: what comes in, what was made of it, who is at work on it.
///
/// Judging happens on the connection's loop while the archive is plain, since it costs little more
/// than passing bytes on.
struct ArchiveUpload {
    private var judge: ArchiveJudge

    init(_ judge: ArchiveJudge) {
        self.judge = judge
    }

    /// Judges bytes that came.
    ///
    /// - Returns: Bytes to send on.
    mutating func receive(_ bytes: [UInt8]) throws(BodyRefusal) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 1024)
        try judge.receive(bytes[...], appendingTo: &output)
        return output
    }

    /// Judges the whole.
    mutating func inputEnded() throws(BodyRefusal) -> ArchiveContents {
        try judge.inputEnded()
    }

    /// The archive's last bytes.
    mutating func finish(adding files: [(name: String, content: [UInt8])]) -> [UInt8] {
        judge.finish(adding: files)
    }
}
