import LedgerTree
import Testing

/// Trees and proofs: published vectors (those of certificate-transparency and transparency-dev/merkle)
/// and properties over random trees.
@Suite struct TreeTests {
    private static let leaves = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ].map(hexadecimal)

    private static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ].map { hash($0) }

    struct Row: Sendable, CustomTestStringConvertible {
        let first: Int
        let size: Int
        let proof: [String]
        var testDescription: String { "\(first) in \(size)" }
    }

    @Test func rootsAreThePublishedOnes() {
        let tree = WholeTree(Self.leaves)
        var frontier = Frontier()
        for size in 0...8 {
            #expect(tree.root(size) == Self.roots[size])
            #expect(frontier.root == Self.roots[size] && frontier.size == UInt64(size))
            if size < 8 { frontier.append(.leaf(Self.leaves[size])) }
        }
    }

    @Test(arguments: [
        Row(first: 0, size: 1, proof: []),
        Row(
            first: 0, size: 8,
            proof: [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]),
        Row(
            first: 5, size: 8,
            proof: [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]),
        Row(first: 2, size: 3, proof: ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        Row(
            first: 1, size: 5,
            proof: [
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ]),
    ])
    func inclusionProofsAreThePublishedOnes(row: Row) {
        let tree = WholeTree(Self.leaves)
        #expect(tree.inclusion(row.first, in: row.size) == row.proof.map { hash($0) })
    }

    @Test(arguments: [
        Row(first: 1, size: 1, proof: []),
        Row(
            first: 1, size: 8,
            proof: [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]),
        Row(
            first: 6, size: 8,
            proof: [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]),
        Row(
            first: 2, size: 5,
            proof: [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ]),
        Row(
            first: 6, size: 7,
            proof: [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]),
    ])
    func consistencyProofsAreThePublishedOnes(row: Row) {
        let tree = WholeTree(Self.leaves)
        #expect(tree.consistency(row.first, row.size) == row.proof.map { hash($0) })
    }

    /// Every proof over every small tree holds, and no proof holds for anything else near it.
    @Test func proofsHoldForWhatTheyProveAlone() {
        var random = Seeded(state: 1)
        let tree = WholeTree(count: 33, &random)
        for size in 1...33 {
            let root = tree.root(size)
            for index in 0..<size {
                let proof = tree.inclusion(index, in: size)
                let leaf = TreeHash.leaf(tree.leaves[index])
                func holds(
                    _ leaf: TreeHash, _ index: Int, _ size: Int, _ root: TreeHash, _ proof: [TreeHash]
                ) -> Bool {
                    TreeProof.isIncluded(leaf, at: UInt64(index), size: UInt64(size), root: root, by: proof)
                }
                #expect(holds(leaf, index, size, root, proof))
                #expect(!holds(.ofNothing, index, size, root, proof))
                #expect(!holds(leaf, index, size, .ofNothing, proof))
                #expect(!holds(leaf, index ^ 1, size, root, proof) || size == 1 && index == 0)
                #expect(!holds(leaf, size, size, root, proof))
                #expect(!holds(leaf, index, size, root, proof + [root]))
                #expect(!holds(leaf, index, size, root, [root] + proof))
                for cut in proof.indices {
                    var changed = proof
                    changed[cut] = .leaf(proof[cut].bytes)
                    #expect(!holds(leaf, index, size, root, changed))
                    changed.remove(at: cut)
                    #expect(!holds(leaf, index, size, root, changed))
                }
            }
        }
        #expect(!TreeProof.isIncluded(.ofNothing, at: 0, size: 0, root: .ofNothing, by: []))
    }

    @Test func consistencyHoldsForTheSameTreeAlone() {
        var random = Seeded(state: 2)
        let tree = WholeTree(count: 33, &random)
        for size in 1...33 {
            for old in 1...size {
                let proof = tree.consistency(old, size)
                let (before, after) = (tree.root(old), tree.root(size))
                func holds(_ old: Int, _ before: TreeHash, _ after: TreeHash, _ proof: [TreeHash]) -> Bool {
                    TreeProof.isConsistent((UInt64(old), before), with: (UInt64(size), after), by: proof)
                }
                #expect(holds(old, before, after, proof))
                #expect(!holds(old, .ofNothing, after, proof))
                #expect(!holds(old, before, .ofNothing, proof))
                #expect(!holds(old, before, after, proof + [after]))
                #expect(!holds(old, before, after, [before] + proof))
                #expect(!holds(size + 1, before, after, proof))
                if old < size { #expect(!holds(old, before, after, [])) }
                for cut in proof.indices {
                    var changed = proof
                    changed[cut] = .leaf(proof[cut].bytes)
                    #expect(!holds(old, before, after, changed))
                }
            }
            // Every tree begins with nothing, and nothing needs no proof.
            #expect(TreeProof.isConsistent((0, .ofNothing), with: (UInt64(size), tree.root(size)), by: []))
            #expect(!TreeProof.isConsistent((0, tree.root(1)), with: (UInt64(size), tree.root(size)), by: []))
        }
    }

    @Test func frontiersGrowAsTreesDo() throws {
        var random = Seeded(state: 3)
        let tree = WholeTree(count: 700, &random)
        var frontier = Frontier()
        for (index, leaf) in tree.leaves.enumerated() {
            frontier.append(.leaf(leaf))
            if index % 37 == 0 || index.nonzeroBitCount <= 2 { #expect(frontier.root == tree.root(index + 1)) }
            // A frontier that was put down and taken up goes on as it would have.
            frontier = try #require(Frontier(size: frontier.size, peaks: frontier.peaks))
        }
        #expect(Frontier(size: 3, peaks: [.ofNothing]) == nil)
        #expect(frontier.peaks.count == 700.nonzeroBitCount)
    }

    @Test func hashesKeepTheirBytes() throws {
        for text in ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"] {
            #expect(hash(text).bytes == hexadecimal(text))
            #expect(TreeHash.leaf([]).bytes == hexadecimal(text))
            #expect(TreeHash(parsing: hash(text).text) == hash(text))
        }
        #expect(TreeHash([UInt8](repeating: 0, count: 31)) == nil)
        #expect(TreeHash(parsing: "AAAA") == nil)
    }
}
