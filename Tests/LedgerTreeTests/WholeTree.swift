import Foundation
import LedgerTree

/// Numbers that are the same in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// A tree that keeps its leaves, for tests: roots by the definition, not by a frontier.
struct WholeTree {
    let leaves: [[UInt8]]

    init(_ leaves: [[UInt8]]) {
        self.leaves = leaves
    }

    init(count: Int, _ random: inout Seeded) {
        leaves = (0..<count).map { _ in
            (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
    }

    /// MTH of RFC 6962 §2.1.
    func root(_ range: Range<UInt64>) -> TreeHash {
        let count = range.upperBound - range.lowerBound
        guard count > 0 else { return .ofNothing }
        guard count > 1 else { return .leaf(leaves[Int(range.lowerBound)]) }
        var half: UInt64 = 1
        while half * 2 < count { half *= 2 }
        let middle = range.lowerBound + half
        return .node(root(range.lowerBound..<middle), root(middle..<range.upperBound))
    }

    func root(_ size: Int) -> TreeHash { root(0..<UInt64(size)) }

    func inclusion(_ index: Int, in size: Int) -> [TreeHash] {
        TreeProof.inclusion(of: UInt64(index), in: UInt64(size)) { root($0) }
    }

    func consistency(_ old: Int, _ size: Int) -> [TreeHash] {
        TreeProof.consistency(from: UInt64(old), to: UInt64(size)) { root($0) }
    }
}

func hexadecimal(_ text: String) -> [UInt8] {
    let digits = Array(text.utf8)
    return stride(from: 0, to: digits.count, by: 2).map {
        UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0
    }
}

func hash(_ text: String) -> TreeHash { TreeHash(hexadecimal(text)) ?? .ofNothing }

func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
