window.fromFile = 1
