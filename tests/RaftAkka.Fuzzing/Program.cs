using RaftAkka.Fuzzing.Targets;
using SharpFuzz;

// fuzz.sh is the front end. Without the fuzzer:
//   --list             prints the targets' names
//   --seeds DIR        writes each target's start inputs to DIR/TARGET
//   --replay TARGET F  runs one input, and fails as the fuzzer would
switch (args)
{
    case ["--list"]:
        foreach (var target in FuzzTargets.All) Console.WriteLine(target.Name);
        return 0;

    case ["--seeds", var directory]:
        SeedInputs.Write(directory);
        return 0;

    case ["--replay", var name, var file]:
        FuzzTargets.Named(name).Run(File.ReadAllBytes(file));
        Console.WriteLine("ok");
        return 0;

    case [var name]:
        // Instrumented code may run only within Run, which maps the memory where it counts its branches.
        Fuzzer.OutOfProcess.Run(stream => FuzzTargets.Named(name).Run(ReadAll(stream)));
        return 0;

    default:
        Console.Error.WriteLine("Usage: --list | --seeds DIR | --replay TARGET FILE | TARGET (under afl-fuzz, see fuzz.sh)");
        return 2;
}

static byte[] ReadAll(Stream stream)
{
    using var bytes = new MemoryStream();
    stream.CopyTo(bytes);
    return bytes.ToArray();
}
