using System.Collections.Immutable;

namespace RaftAkka.Protocol;

/// <summary>The servers whose votes and acknowledgements count, and what a majority of them is.</summary>
public sealed class VoterSet
{
    /// <summary>Takes the voters; their order does not matter.</summary>
    /// <exception cref="ArgumentException">There is none, or one comes twice.</exception>
    public VoterSet(IEnumerable<ServerId> voters)
    {
        // Sorted, so that everything that walks over the voters does so in the same order on every run.
        Voters = [.. voters.Order()];
        if (Voters.IsEmpty) throw new ArgumentException("a cluster needs at least one voter", nameof(voters));
        if (Voters.Distinct().Count() != Voters.Length)
            throw new ArgumentException($"a voter is named twice: {string.Join(", ", Voters)}", nameof(voters));
    }

    /// <summary>The voters, in the order of their names.</summary>
    public ImmutableArray<ServerId> Voters { get; }

    /// <summary>How many voters make a majority.</summary>
    public int Majority => Voters.Length / 2 + 1;

    /// <summary>Whether a server is a voter.</summary>
    public bool Contains(ServerId server) => Voters.Contains(server);

    internal static bool AreSame(VoterSet? one, VoterSet? other) =>
        one is null || other is null ? one == other : one.Voters.SequenceEqual(other.Voters);

    /// <summary>Whether those for whom <paramref name="agrees"/> holds are a majority.</summary>
    public bool HasMajority(Func<ServerId, bool> agrees)
    {
        ArgumentNullException.ThrowIfNull(agrees);

        var count = 0;
        foreach (var voter in Voters)
            if (agrees(voter)) count++;
        return count >= Majority;
    }

    /// <summary>The highest index that a majority has, given what each voter has.</summary>
    public LogIndex OnMajority(Func<ServerId, LogIndex> durableOn)
    {
        ArgumentNullException.ThrowIfNull(durableOn);

        Span<LogIndex> indexes = Voters.Length <= 16 ? stackalloc LogIndex[Voters.Length] : new LogIndex[Voters.Length];
        for (var i = 0; i < indexes.Length; i++) indexes[i] = durableOn(Voters[i]);
        indexes.Sort();
        return indexes[^Majority];
    }
}
