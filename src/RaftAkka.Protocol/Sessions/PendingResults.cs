namespace RaftAkka.Protocol;

/// <summary>
/// The results of one session that wait for their acknowledgement, by rising number. A client counts its commands up
/// and acknowledges from below: so results mostly come at one end and go at the other, and finding one is a step.
/// Any other order is only slower.
/// </summary>
internal sealed class PendingResults
{
    private const int CapacityMin = 16;

    // A ring; its length is a power of two.
    private Pending[] _ring = [];
    private int _first;

    public PendingResults()
    {
    }

    public PendingResults(PendingResults other)
    {
        (Count, Bytes) = (other.Count, other.Bytes);
        if (Count == 0) return;

        _ring = new Pending[CapacityFor(Count)];
        for (var i = 0; i < Count; i++) _ring[i] = other[i];
    }

    public int Count { get; private set; }

    /// <summary>How many bytes the results have.</summary>
    public long Bytes { get; private set; }

    /// <summary>One of them, 0 the one with the lowest number.</summary>
    public ref readonly Pending this[int at] => ref Slot(at);

    /// <summary>Where a number's result is, or else where it would come.</summary>
    public bool Find(long sequence, out int at)
    {
        at = Count;
        if (Count == 0 || sequence > Slot(Count - 1).Sequence) return false;

        // Where it is if no number is missing; if some are, it is before that.
        var (low, high) = (0, Count - 1);
        var guess = sequence - Slot(0).Sequence;
        if (guess >= 0 && guess < Count)
        {
            at = (int)guess;
            if (Slot(at).Sequence == sequence) return true;
            high = at;
        }

        while (low < high)
        {
            at = (low + high) >>> 1;
            if (Slot(at).Sequence < sequence) low = at + 1;
            else high = at;
        }

        at = low;
        return Slot(at).Sequence == sequence;
    }

    /// <summary>Adds a result that was not found, where it would come.</summary>
    public void Insert(int at, long sequence, ReadOnlyMemory<byte> result)
    {
        if (Count == _ring.Length) Grow();

        if (at < Count / 2)
        {
            _first = (_first - 1) & (_ring.Length - 1);
            Count++;
            for (var i = 0; i < at; i++) Slot(i) = Slot(i + 1);
        }
        else
        {
            for (var i = Count++; i > at; i--) Slot(i) = Slot(i - 1);
        }

        Slot(at) = new Pending(sequence, result);
        Bytes += result.Length;
    }

    /// <summary>Forgets the results of all commands up to a number.</summary>
    public void ForgetThrough(long sequence)
    {
        while (Count > 0 && Slot(0).Sequence <= sequence)
        {
            Bytes -= Slot(0).Result.Length;
            Slot(0) = default;
            _first = (_first + 1) & (_ring.Length - 1);
            Count--;
        }
    }

    private ref Pending Slot(int at) => ref _ring[(_first + at) & (_ring.Length - 1)];

    private void Grow()
    {
        var larger = new Pending[CapacityFor(Count + 1)];
        for (var i = 0; i < Count; i++) larger[i] = Slot(i);
        (_ring, _first) = (larger, 0);
    }

    private static int CapacityFor(int count) =>
        Math.Max(CapacityMin, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count));

    internal readonly record struct Pending(long Sequence, ReadOnlyMemory<byte> Result);
}
