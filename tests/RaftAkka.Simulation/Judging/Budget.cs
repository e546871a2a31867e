using System.Diagnostics;

namespace RaftAkka.Simulation.Judging;

/// <summary>
/// How long a judge may think: a number of steps where the verdict must not depend on the machine (the
/// simulation), or a time. A step is one operation put into an order, or one attempt at it.
/// </summary>
internal sealed class Budget
{
    private const long MemoryWordsDefault = 64L << 20;   // 512 MiB.
    private const int StepsPerLookAtTheClock = 1024;

    private readonly long stepsMax;
    private readonly TimeSpan timeMax;
    private readonly Stopwatch? clock;
    private long memoryWordsLeft = MemoryWordsDefault;
    private long nextLookAtTheClock;

    private Budget(long stepsMax, TimeSpan timeMax, Stopwatch? clock)
    {
        this.stepsMax = stepsMax;
        this.timeMax = timeMax;
        this.clock = clock;
    }

    public static Budget Steps(long stepsMax) => new(stepsMax, TimeSpan.MaxValue, null);

    /// <summary>The time starts now.</summary>
    public static Budget Time(TimeSpan timeMax) => new(long.MaxValue, timeMax, Stopwatch.StartNew());

    public long StepsSpent { get; private set; }

    public bool Exhausted { get; private set; }

    /// <summary>Returns false once the budget is spent; the caller then stops without a verdict.</summary>
    public bool Spend(long steps = 1)
    {
        StepsSpent += steps;
        if (StepsSpent > stepsMax) Exhausted = true;
        if (clock is not null && StepsSpent >= nextLookAtTheClock)
        {
            nextLookAtTheClock = StepsSpent + StepsPerLookAtTheClock;
            if (clock.Elapsed > timeMax) Exhausted = true;
        }
        return !Exhausted;
    }

    /// <summary>Asks for memory, in words of eight bytes, shared by all searches under this budget.</summary>
    public bool SpendMemory(int words)
    {
        if (memoryWordsLeft < words) return false;
        memoryWordsLeft -= words;
        return true;
    }

    public void ReturnMemory(long words) => memoryWordsLeft += words;
}
