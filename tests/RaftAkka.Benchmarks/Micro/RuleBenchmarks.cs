using BenchmarkDotNet.Attributes;
using RaftAkka.Protocol;

namespace RaftAkka.Benchmarks.Micro;

/// <summary>The decisions: who gets a vote, and what is committed.</summary>
public class RuleBenchmarks
{
    private static readonly ServerId Ann = new("ann");
    private static readonly ServerId Bea = new("bea");
    private static readonly ServerId Cyd = new("cyd");

    private readonly EntryId _last = new(new Term(4), new LogIndex(1_000_000));
    private readonly HardState _state = new(new Term(5), null);
    private readonly VoterSet _voters = new([Ann, Bea, Cyd]);
    private readonly LogTerms _terms;
    private readonly Func<ServerId, LogIndex> _durable =
        server => new LogIndex(server == Ann ? 1_000_000 : server == Bea ? 999_990 : 999_900);

    // A log of a thousand terms: an unhappy year.
    public RuleBenchmarks() => _terms = new LogTerms(
        Enumerable.Range(1, 1000).Select(term => new EntryId(new Term(term), new LogIndex(1 + (term - 1) * 1000))),
        new EntryId(new Term(1000), new LogIndex(1_000_000)));

    [Benchmark]
    public bool Vote() => VoteRule.Grants(_state, _last, Bea, new Term(5), _last);

    [Benchmark]
    public LogIndex Commit() =>
        CommitRule.Advance(_terms, _voters.OnMajority(_durable), new LogIndex(999_980), new Term(1000));
}
