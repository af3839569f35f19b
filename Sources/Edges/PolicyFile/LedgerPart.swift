package import Foundation
import Yams

/// `ledger:` in `quaymaster.yaml`: how the record is kept.
package struct LedgerPart: Hashable, Sendable {
    /// How many bytes a segment has before another one begins; nil: as many as usual.
    package let segmentBytes: Int?
    /// How many finished segments are kept; nil: all.
    package let keepSegments: Int?
    /// How many days a finished segment is kept; nil: for ever.
    package let keepDays: Int?
    /// Where segments that are not kept any more are moved; nil: they are removed.
    package let archive: URL?

    /// The sizes that a segment may have.
    package static let segmentSizes = 1 << 20...1 << 30

    init(_ node: Node?, _ reader: YAMLReader, directory: URL) {
        let record = reader.record(
            node, "ledger", known: ["segmentBytes", "keepSegments", "keepDays", "archive"])
        func number(_ name: String, _ range: ClosedRange<Int>) -> Int? {
            guard let value = record[name] else { return nil }
            guard let number = value.int, range.contains(number) else {
                reader.report(
                    "\(name) is a whole number from \(range.lowerBound) to \(range.upperBound)",
                    at: value)
                return nil
            }
            return number
        }
        segmentBytes = number("segmentBytes", Self.segmentSizes)
        keepSegments = number("keepSegments", 1...1_000_000)
        keepDays = number("keepDays", 1...36_500)
        archive = record["archive"].flatMap { reader.text($0, "archive") }.map {
            URL(fileURLWithPath: $0, relativeTo: directory).absoluteURL
        }
        if record["archive"] != nil, record["keepSegments"] == nil, record["keepDays"] == nil {
            reader.report(
                "archive says where segments go and not when", at: record["archive"],
                hint: "write keepSegments or keepDays beside it")
        }
    }
}
