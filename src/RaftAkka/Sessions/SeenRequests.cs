namespace RaftAkka.Sessions;

/// <summary>
/// The numbers of a client's latest requests, so that a copy is told from a new one at a fixed cost. Numbers
/// rise; each has a slot, which only ever takes a higher number. So no number is new twice; one that is
/// overtaken by <see cref="Slots"/> others counts as seen, as if it had been lost, and the client sends it
/// again under another.
/// </summary>
internal sealed class SeenRequests
{
    private const int Slots = 256;

    private readonly long[] _highest = new long[Slots];

    /// <summary>Whether the number is new; it is not from then on. Numbers start at 1.</summary>
    public bool IsNew(long number)
    {
        ref var highest = ref _highest[number & (Slots - 1)];
        if (number <= highest) return false;

        highest = number;
        return true;
    }
}
