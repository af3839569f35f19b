import Ledger
import PolicyFile

extension LedgerOptions {
    /// As `ledger:` of the configuration says.
    init(_ part: LedgerPart) {
        self.init()
        if let bytes = part.segmentBytes { segmentBytes = bytes }
        retention.segments = part.keepSegments
        retention.seconds = part.keepDays.map { Int64($0) * 86_400 }
        retention.archive = part.archive
    }
}
