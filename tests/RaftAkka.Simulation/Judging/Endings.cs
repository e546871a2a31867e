namespace RaftAkka.Simulation.Judging;

/// <summary>
/// Finds which appended texts another text ends with: only those can have been appended last.
/// </summary>
internal sealed class Endings
{
    private readonly HashSet<string> appended;
    private readonly int[] lengths;

    public Endings(IEnumerable<string> appended)
    {
        this.appended = appended.ToHashSet(StringComparer.Ordinal);
        lengths = this.appended.Select(text => text.Length).Distinct().ToArray();
    }

    public IEnumerable<string> Of(string text)
    {
        foreach (var length in lengths)
            if (length <= text.Length && appended.GetAlternateLookup<ReadOnlySpan<char>>()
                .TryGetValue(text.AsSpan(text.Length - length), out var ending))
                yield return ending;
    }
}
