def celsius(fahrenheit):
    return (fahrenheit - 32) / 1.8
